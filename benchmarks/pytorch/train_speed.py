#!/usr/bin/env python3
"""The rival's speed: PyTorch on the network StepNet is measured on, with synthetic data. Prints one line of JSON.

    train_speed.py --model resnet20 --batch 128 --threads 1 --seconds 6 --mode train [--channels-last] [--flush-denormal]

A training step is forward, backward and SGD (momentum 0.9, lr 0.1); inference is eval() under no_grad. Step factor 0.1,
projection shortcuts. images_per_second is the median over the timed steps, min and max are its slowest and fastest step.

"default" is PyTorch as a user starts it. "tuned" is its best known setting on Linux: --channels-last --flush-denormal, and
the launcher sets, before Python starts, the memory allocator's environment:

    GLIBC_TUNABLES=glibc.malloc.hugetlb=1      huge pages
    MALLOC_ARENA_MAX=1                         one heap
    MALLOC_MMAP_THRESHOLD_=4294967296          activations come from the heap, not from fresh zeroed pages
    MALLOC_TRIM_THRESHOLD_=68719476736         and the heap is not given back between steps

The field "variant" names what was found on: "default", "tuned" for all four, or a list. Publish both, default and tuned.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "pytorch"))

import cifar_resnet  # noqa: E402


def variant(args):
    found = {
        "channels_last": args.channels_last,
        "flush_denormal": args.flush_denormal,
        "hugetlb": "glibc.malloc.hugetlb=1" in os.environ.get("GLIBC_TUNABLES", ""),
        "malloc": os.environ.get("MALLOC_ARENA_MAX") == "1" and all(
            int(os.environ.get(f"MALLOC_{name}_THRESHOLD_", 0)) >= 1 << 30 for name in ("MMAP", "TRIM")),
    }
    if all(found.values()):
        return "tuned"
    return "+".join(name for name, on in found.items() if on) or "default"


def field(path, key):
    """The value of the first line "key : value" of a /proc file, or None where there is none."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    return next((line.split(":", 1)[1].strip() for line in lines if line.split(":", 1)[0].strip() == key), None)


def seconds_since_start():
    """Since this process was started, imports and all, or None where the system does not tell."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    except OSError:
        return None
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def stepper(args):
    """A function that runs one step."""
    torch.manual_seed(1)
    model = cifar_resnet.CifarResNet(int(args.model.removeprefix("resnet")), args.norm, step=0.1)
    x, labels = torch.randn(args.batch, 3, 32, 32), torch.randint(0, 10, (args.batch,))
    if args.channels_last:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if args.mode == "infer":
        model.eval()

        def infer():
            with torch.no_grad():
                model(x)

        return infer

    optimizer = cifar_resnet.sgd(model, lr=0.1, momentum=0.9, weight_decay=0.0)

    def train():
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return train


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("resnet20", "resnet56", "resnet110"), default="resnet20")
    parser.add_argument("--norm", choices=("batch", "none"), default="batch")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--flush-denormal", action="store_true")
    parser.add_argument("--seconds", type=float, default=6, help="timed steps start for this long, at least one")
    parser.add_argument("--warmup", type=int, default=3, help="steps before the clock starts, at least one")
    parser.add_argument("--mode", choices=("train", "infer"), default="train")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.flush_denormal and not torch.set_flush_denormal(True):
        sys.exit("train_speed.py: this CPU cannot flush denormals; leave --flush-denormal out.")
    step = stepper(args)
    step()
    first = seconds_since_start()
    for _ in range(1, args.warmup):
        step()
    seconds, end = [], time.perf_counter() + args.seconds
    while not seconds or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    peak = field("/proc/self/status", "VmHWM")
    print(json.dumps({
        "model": args.model, "norm": args.norm, "mode": args.mode, "batch": args.batch,
        "images_per_second": round(args.batch / statistics.median(seconds), 1),
        "min": round(args.batch / max(seconds), 1),
        "max": round(args.batch / min(seconds), 1),
        "steps": len(seconds),
        "peak_rss_mib": round(int(peak.split()[0]) / 1024, 1) if peak else None,
        "first_step_seconds": round(first, 2) if first else None,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "variant": variant(args),
        "cpu": field("/proc/cpuinfo", "model name"),
    }))


if __name__ == "__main__":
    main()
