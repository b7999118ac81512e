// How a picture goes from one state to the next: numbers on their way, a little further at each
// frame of the screen, so that the eye sees what changed. Who asked for less motion sees its end.

/** Return how much of a way that takes `duration` milliseconds is behind us: 0 to 1. */
export function shareOfWay(begun, time, duration) {
  return Math.min(Math.max((time - begun) / duration, 0), 1);
}

/** Start fast and come to rest gently; `share` is 0 to 1, and so is what it becomes. */
export function ease(share) {
  return 1 - (1 - share) ** 3;
}

/** Return the number that lies between two, `share` of the way from the first. */
export function numberBetween(from, to, share) {
  return from + (to - from) * share;
}

/**
 * One movement at a time, drawn by a `Frame`: whoever paints calls `advance(time)` first.
 *
 *   this.motion = new Motion(frame, 400);
 *   this.motion.start((share) => { this.at = numberBetween(from, to, share); });
 */
export class Motion {
  constructor(frame, duration) {
    Object.assign(this, { frame, duration, move: null, begun: null });
  }

  /** Call `move(share)` at each frame from now on, last with 1; one before stays where it is. */
  start(move) {
    this.move = move;
    this.begun = null; // the clock runs from the first frame, however late that comes
    if (this.frame.isCalm) this.finish();
    this.frame.paintSoon();
  }

  /** Go on to where things are at this time, and ask for another frame until they are there. */
  advance(time) {
    if (!this.move) return;
    this.begun ??= time;
    const share = shareOfWay(this.begun, time, this.duration);
    if (share === 1) {
      this.finish();
      return;
    }
    this.move(ease(share));
    this.frame.paintSoon();
  }

  finish() {
    const { move } = this;
    this.stop();
    move(1);
  }

  /** Forget the movement, where it is. */
  stop() {
    this.move = null;
  }
}
