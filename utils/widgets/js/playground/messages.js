import { completeOptions } from "./options.js";
import { createRun } from "./run.js";
