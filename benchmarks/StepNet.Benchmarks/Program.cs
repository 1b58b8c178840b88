using System.CommandLine;
using StepNet.Benchmarks;

RootCommand root = new("StepNet's speed, alone and beside PyTorch. See benchmarks/README.md.")
{
    VersusPyTorch.Command(),
    Measure.Command(),
};
return root.Parse(args).Invoke();
