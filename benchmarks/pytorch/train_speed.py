#!/usr/bin/env python3
"""The rival's speed: PyTorch on the network StepNet is measured on, with synthetic data. Prints one line of JSON.

    train_speed.py --model resnet20 --batch 128 --threads 1 --seconds 6 --mode train [--channels-last] [--flush-denormal]

The networks are those of tests/pytorch, which the parity tests hold equal to StepNet's. A training step is forward,
backward and the optimiser's update; inference is eval() under no_grad. Step factor 0.1, projection shortcuts.
items_per_second is the median over the timed steps, min and max are its slowest and fastest step.

"default" is PyTorch as a user starts it. "tuned" is its best known setting on Linux: --channels-last --flush-denormal, and
the launcher sets, before Python starts, the memory allocator's environment:

    GLIBC_TUNABLES=glibc.malloc.hugetlb=1      huge pages
    MALLOC_ARENA_MAX=1                         one heap
    MALLOC_MMAP_THRESHOLD_=4294967296          activations come from the heap, not from fresh zeroed pages
    MALLOC_TRIM_THRESHOLD_=68719476736         and the heap is not given back between steps

The field "variant" names what was found on: "default", "tuned" for all four, or a list. channels_last is a layout of images:
texts are "tuned" without it. Publish both, default and tuned.
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

CIFAR, TEXT = "resnet", "text-resnet"
SHAPES = {CIFAR: (3, 32, 32), "adaresnet": (3, 32, 32), "keras-resnet": (3, 32, 32), "imagenet-resnet": (3, 224, 224)}
CHARACTERS = 69


def family(args):
    return args.model.rstrip("0123456789")


def variant(args):
    found = {
        "channels_last": args.channels_last or family(args) == TEXT,
        "flush_denormal": args.flush_denormal,
        "hugetlb": "glibc.malloc.hugetlb=1" in os.environ.get("GLIBC_TUNABLES", ""),
        "malloc": os.environ.get("MALLOC_ARENA_MAX") == "1" and all(
            int(os.environ.get(f"MALLOC_{name}_THRESHOLD_", 0)) >= 1 << 30 for name in ("MMAP", "TRIM")),
    }
    if all(found.values()):
        return "tuned"
    found["channels_last"] = args.channels_last
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


def blas():
    """Who multiplies matrices for PyTorch. Debian's runs on the reference BLAS, many times slower, until another one is installed."""
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return "unknown BLAS"
    return next((name for part, name in (("openblas", "OpenBLAS"), ("libmkl", "MKL"), ("libblas", "the reference BLAS")) if part in maps), "its own BLAS")


def build(args):
    """The network as tests/pytorch defines it, at its published width."""
    cifar = family(args) == CIFAR
    return cifar_resnet.build(argparse.Namespace(
        model=None if cifar else args.model, depth=int(args.model[len(CIFAR):]) if cifar else None, width=16 if cifar else 64,
        norm=args.norm, order="post", shortcut="projection", step=0.1, skip=1.0, head="kmax", integrator="euler", dtype="float32"), ())


def make_optimizer(model, args):
    if args.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), lr=args.lr, eps=1e-7)
    return cifar_resnet.sgd(model, lr=args.lr, momentum=0.9, weight_decay=0.0)


def stepper(args):
    """The network, and a function that runs one step of it."""
    torch.manual_seed(1)
    model = build(args)
    if family(args) == TEXT:
        x = torch.randint(0, CHARACTERS, (args.batch, args.length))
    else:
        x = torch.randn(args.batch, *SHAPES[family(args)])
    labels = torch.randint(0, list(model.modules())[-1].out_features, (args.batch,))
    if args.channels_last:
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if args.mode == "infer":
        model.eval()

        def infer():
            with torch.no_grad():
                model(x)

        return model, infer

    optimizer = make_optimizer(model, args)

    def train():
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(model(x), labels).backward()
        optimizer.step()

    return model, train


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="resnet20", help="resnetN, adaresnet18, keras-resnet50, imagenet-resnetN, text-resnetN")
    parser.add_argument("--norm", choices=("batch", "none"), default="batch")
    parser.add_argument("--optimizer", choices=("sgd", "adam"), default="sgd", help="SGD with momentum 0.9, or ADAM with eps 1e-7")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--length", type=int, default=1014, help="characters of a text")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--flush-denormal", action="store_true")
    parser.add_argument("--seconds", type=float, default=6, help="timed steps start for this long, at least one")
    parser.add_argument("--warmup", type=int, default=3, help="steps before the clock starts, at least one")
    parser.add_argument("--mode", choices=("train", "infer"), default="train")
    args = parser.parse_args()
    if family(args) != TEXT and family(args) not in SHAPES:
        parser.error(f"--model is {args.model}; known are {', '.join((*SHAPES, TEXT))} with a number behind")
    if args.channels_last and family(args) == TEXT:
        parser.error("--channels-last is a layout of images; texts have none")
    torch.set_num_threads(args.threads)
    if args.flush_denormal and not torch.set_flush_denormal(True):
        sys.exit("train_speed.py: this CPU cannot flush denormals; leave --flush-denormal out.")
    model, step = stepper(args)
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
        "model": args.model, "mode": args.mode, "batch": args.batch, "norm": args.norm,
        "optimizer": args.optimizer if args.mode == "train" else None,
        "length": args.length if family(args) == TEXT else None,
        "parameters": sum(p.numel() for p in model.parameters()),
        "items_per_second": round(args.batch / statistics.median(seconds), 2),
        "min": round(args.batch / max(seconds), 2),
        "max": round(args.batch / min(seconds), 2),
        "steps": len(seconds),
        "peak_rss_mib": round(int(peak.split()[0]) / 1024, 1) if peak else None,
        "first_step_seconds": round(first, 2) if first else None,
        "torch": f"{torch.__version__} with {blas()}",
        "threads": torch.get_num_threads(),
        "variant": variant(args),
    }))


if __name__ == "__main__":
    main()
