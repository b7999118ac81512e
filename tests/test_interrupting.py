"""*Kernel → Interrupt* while a notebook trains: the model keeps what it learned, Run All stops."""

import os

import pytest
from jupyter_client.manager import start_new_kernel
from toy import REPOSITORY

TRAIN = """
from toy import toy_corpus, toy_fields, toy_model
from utils.training import Settings, fit

model = toy_model()
fit(model, toy_fields(), toy_corpus(), Settings(epochs=10_000))
"""
LIMIT = 120  # seconds


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}")
    manager, client = start_new_kernel()
    client.interrupt = manager.interrupt_kernel
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def output_of(client, request):
    """Yield a cell's output until it has ended."""
    while True:
        message = client.get_iopub_msg(timeout=LIMIT)
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            continue
        if kind == "stream":
            yield content["text"]
        if kind == "status" and content["execution_state"] == "idle":
            return


def reply_to(client, request):
    while True:
        message = client.get_shell_msg(timeout=LIMIT)
        if message["parent_header"]["msg_id"] == request:
            return message["content"]


@pytest.mark.slow
def test_the_cells_after_an_interrupted_training_do_not_run(client):
    first, second = client.execute(TRAIN), client.execute("print('goes on')")
    said = ""
    for text in output_of(client, first):
        if "epoch 1:" in text:
            client.interrupt()
        said += text
    reply = reply_to(client, first)
    assert (reply["status"], reply["ename"]) == ("error", "Interrupted")
    assert "of 10000 epochs; the model keeps what it has learned so far" in said
    assert reply_to(client, second)["status"] == "aborted"
    asked = client.execute("x = 1", user_expressions={"mode": "model.training"})
    assert reply_to(client, asked)["user_expressions"]["mode"]["data"]["text/plain"] == "False"
