"""Learned step factors and skip weights of any scope, put into a network whose blocks have numbers for them.

A block's coefficient is the first of these names that the file has: its own (layer1.0.skip), its stage's (layer1.skip), its
kind's (identity.skip, projection.skip), the network's (skip). A tensor of shape [C] holds one value a channel.
"""

import re

import torch
from torch import nn

NAME = re.compile(r"((cell|layer\d+(\.\d+)?|identity|projection)\.)?(step|skip)")


class ByChannel:
    """Stands for a coefficient of one value a channel in the block's equation."""

    def __init__(self, parameter):
        self.parameter = parameter

    def __mul__(self, x):
        return self.parameter.view(-1, *[1] * (x.dim() - 2)) * x


def attach(model, shapes, dtype):
    """Makes the coefficients named in `shapes` parameters of the model, each in the blocks that it belongs to."""
    parameters = {name: nn.Parameter(torch.zeros(shape, dtype=dtype)) for name, shape in shapes.items()}
    for name, parameter in parameters.items():
        place, _, which = name.rpartition(".")
        if place in ("identity", "projection") and not hasattr(model, place):
            model.add_module(place, nn.Module())
        # Past __setattr__, which refuses a name that a number has already.
        model.get_submodule(place)._parameters[which] = parameter
    for path, block in model.named_modules():
        if hasattr(block, "step") and hasattr(block, "skip"):
            kind = "identity" if isinstance(getattr(block, "shortcut", nn.Identity()), nn.Identity) else "projection"
            for which in ("step", "skip"):
                names = [f"{path}.{which}", f"{path.split('.')[0]}.{which}", f"{kind}.{which}", which]
                parameter = next((parameters[name] for name in names if name in parameters), None)
                if parameter is not None:
                    block.__dict__[which] = ByChannel(parameter) if parameter.dim() else parameter
