"""The AWS CLI for tests that run it many times: its modules are imported once, and each command is its `main` in a process forked for it.

Gets the path of a socket. Prints one line when it is ready, and ends when its standard input ends: no test leaves it behind.
"""

import marshal
import os
import signal
import socket
import sys
import threading
import traceback

import awscli.clidriver
import awscli.handlers  # noqa: F401
from botocore.loaders import JSONFileLoader
from botocore.session import Session

# awscli says where its own data is when it is imported.
own_data = {b"AWS_DATA_PATH": os.fsencode(os.environ["AWS_DATA_PATH"])}

read_file = JSONFileLoader.load_file
files = {}


def read_once(self, path):
    """Gives the models of AWS's services, which every command reads and parses."""
    if path not in files:
        files[path] = read_file(self, path)
    return files[path]


def read_models():
    JSONFileLoader.load_file = read_once
    session = Session()
    for service in ("s3", "kms", "iam", "sts"):
        session.create_client(service, "eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")
    # What this session has changed in them is not for commands.
    for path in files:
        files[path] = read_file(JSONFileLoader(), path)


def read_request(asked):
    """Gives what a client (forked_aws) sends: its standard streams, and its arguments, folder and environment."""
    size, streams, _, _ = socket.recv_fds(asked, 8, 3)
    with asked.makefile("rb") as rest:
        return streams, marshal.loads(rest.read(int.from_bytes(size, "big")))


def be_command(asked):
    streams, (arguments, folder, environment) = read_request(asked)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environb.clear()
    os.environb.update({**own_data, **environment})
    sys.argv = ["aws", *map(os.fsdecode, arguments)]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        code = awscli.clidriver.main()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    asked.send(bytes([code or 0]))


def forget_ended(*_):
    """Waits for the children, so that their time counts as this process's, which it would not if they were ignored."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def end_with_test():
    os.read(0, 1)
    os._exit(0)


read_models()
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
signal.signal(signal.SIGCHLD, forget_ended)
threading.Thread(target=end_with_test, daemon=True).start()
print("ready", flush=True)
while True:
    asked, _ = server.accept()
    if os.fork() == 0:
        try:
            be_command(asked)
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    asked.close()
