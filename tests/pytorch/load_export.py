#!/usr/bin/env python3
"""Loads an exported file into a CIFAR ResNet in plain PyTorch and runs it: load_export.py EXPORT INPUT OUTPUT

EXPORT is a file of 'stepnet export --format safetensors', whose metadata say depth, h and s; INPUT holds 'input' [N, 3, H, W];
OUTPUT gets 'logits', float32. The network's batch norms count their batches, as PyTorch's do; EXPORT has no such counts, and
load_state_dict is strict all the same.
"""

import sys

import torch
from torch import nn

import coefficients
import safetensors_io
from cifar_resnet import CifarResNet


def main():
    export, source, target = sys.argv[1:]
    state, metadata = safetensors_io.load(export)
    learned = {name: value.shape for name, value in state.items() if coefficients.NAME.fullmatch(name)}
    fixed = {kind: 1.0 if ":" in metadata[kind] else float(metadata[kind]) for kind in ("step", "skip")}
    model = CifarResNet(
        int(metadata["model"].removeprefix("resnet")), metadata["norm"], metadata["order"], metadata["shortcut"],
        fixed["step"], fixed["skip"], width=int(metadata["width"]))
    model.linear = nn.Linear(model.linear.in_features, len(metadata["classes"].split(",")))
    coefficients.attach(model, learned, torch.float32)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.num_batches_tracked = torch.tensor(0)
    model.load_state_dict(state, strict=True)
    with torch.no_grad():
        logits = model.eval()(safetensors_io.load(source)[0]["input"])
    safetensors_io.save(target, {"logits": logits})


if __name__ == "__main__":
    main()
