"""This machine: what it is, which programs it has, and the builds of gather
that are measured."""

import datetime
import os
import pathlib
import platform
import re
import resource
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
OWN = "build-bench"  # optimised, as packages are
HERE = pathlib.Path(__file__).resolve().parent


def build(folder):
    """gather and bare in that folder. One that scripts/bench has not made is
    built as it was configured."""
    is_own = folder == OWN
    script = (". scripts/lib/common.sh; "
              + (f"need build bench; configure {folder}; " if is_own else "")
              + f"build {folder} gather tests/bench/bare")
    subprocess.run(["sh", "-euc", script], cwd=TOP, check=True,
                   stdout=subprocess.DEVNULL)
    if shutil.which("go"):
        subprocess.run(
            ["go", "build", "-o", TOP / folder / "tests/bench/fetch",
             HERE / "fetch.go"],
            env=os.environ | {"GO111MODULE": "off",
                              "GOCACHE": str(TOP / folder / "go-cache")},
            check=True)
    return TOP / folder


def allow_many_files():
    """Servers and clients may open as many files as the system lets us."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def first_line(*command):
    try:
        text = subprocess.run(command, capture_output=True, text=True,
                              check=False)
    except OSError:
        return ""
    return (text.stdout or text.stderr).split("\n", 1)[0]


def version(*command):
    """The number in the first line that a program prints of itself."""
    found = re.search(r"\d+(\.\d+)+", first_line(*command))
    return found.group() if found else ""


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        found = re.search(r"^model name\s*: (.*)$", f.read(), re.M)
    return found.group(1) if found else platform.machine()


def describe(folder):
    """What figures depend on."""
    library = re.search(r"libcurl[ /][\d.]+",
                        subprocess.run([folder / "gather", "--version"],
                                       capture_output=True, text=True,
                                       check=True).stdout)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "library": library.group().replace("/", " ") if library else "",
        "nginx": version(nginx_program(), "-v"),
    }


def nginx_program():
    return shutil.which("nginx") or "/usr/sbin/nginx"


def in_words(machine):
    return (f"{machine['date']} on {machine['cores']} cores of "
            f"{machine['processor']} with Linux {machine['kernel']}, "
            f"nginx {machine['nginx']} and {machine['library']}, "
            f"at a load of {machine['load']}")


def core(number):
    """The beginning of a command that is to stay on one core."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[number % len(cores)])]
