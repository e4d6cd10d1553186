"""Known answers of benchmarks/speed/servers.py, from programs that are written here.

    check_servers.py FOLDER_OF_SERVERS
"""
import os
import sys

sys.path.insert(0, sys.argv[1])
from servers import Server, ServerFailed, measure_process  # noqa: E402

PROCESSORS = {min(os.sched_getaffinity(0))}
# Answers 0.01 seconds a run, of which the processor computes half.
STEADY = """
import sys
print("ready steady", flush=True)
for line in sys.stdin:
    print(0.01, 0.005, flush=True)
"""


def python(text):
    return [sys.executable, "-c", text]


def failure(act):
    """What is said of an act that fails, or None."""
    try:
        act()
    except ServerFailed as problem:
        return str(problem)
    return None


def checks():
    with Server(python(STEADY), PROCESSORS) as server:
        yield "what it is", server.about == "steady"
        yield "the wall's clock", server.run(3) == 0.01
        yield "the processor's clock", server.run(3, busy=True) == 0.005
        yield "as many runs as take the time", server.count_for(2) == 200
        yield "at least one run", server.count_for(0.001) == 1
    pinned = "import os; print('ready', os.sched_getaffinity(0), flush=True); input()"
    with Server(python(pinned), PROCESSORS) as server:
        yield "pinned", server.about == str(PROCESSORS)
    dies = "import sys; sys.exit('out of ideas')"
    yield "a program that does not start", failure(lambda: Server(python(dies), PROCESSORS)) == "out of ideas"
    yield "a program that says nothing", failure(lambda: Server(python(""), PROCESSORS)) == "no answer"
    with Server(python("print('ready', flush=True)\ninput()\nraise SystemExit('lost a packet')"), PROCESSORS) as server:
        yield "a program that ends early", failure(lambda: server.run(1)) == "lost a packet"
    seconds, busy, mebibytes = measure_process(python("import time; time.sleep(0.2); bytearray(50 << 20)"), PROCESSORS)
    yield "a whole process", seconds >= 0.2 and busy < seconds and 50 < mebibytes < 500
    yield "a process that fails", failure(lambda: measure_process(python(dies), PROCESSORS)) == "out of ideas"


def main():
    results = list(checks())
    for name, right in results:
        if not right:
            print(f"wrong: {name}")
    failed = sum(not right for _, right in results)
    print(f"{len(results) - failed} passed, {failed} failed")


main()
