"""User-Mode Linux: a kernel of its own whose root is this machine's, read-only, without privileges."""
import contextlib
import os
import signal
import subprocess

KERNEL = "linux.uml"


@contextlib.contextmanager
def guest(init, environment, console, seconds_max, kernel_options=()):
    """A running guest that begins with the program `init`, and has no power any more at the end. One
    that hangs is ended after `seconds_max` of wall time, whatever happens to this process."""
    words = [f"{name}={value}" for name, value in environment.items()]
    with open(console, "wb") as output:
        # In a process group of its own: the kernel's helpers would outlive the kernel.
        process = subprocess.Popen(
            [KERNEL, *kernel_options, "rootfstype=hostfs", "rootflags=/", "ro", f"init={init}", "con=null",
             "con0=null,fd:1", "ssl=null", "quiet", *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    limit = subprocess.Popen(["sh", "-c", f"sleep {seconds_max}; kill -KILL -- -{process.pid}"],
                             start_new_session=True)
    try:
        yield process
    finally:
        for one in (limit, process):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()
