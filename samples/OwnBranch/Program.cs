using System.Numerics;
using StepNet.Data;
using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

GradientCheck.Module(new SwishBranch(channels: 2), Shape.Of(2, 4, 4));
Console.WriteLine("The branch's gradients agree with central differences.");

Module model = new Sequential(
    new Conv2d(3, 16, kernel: 3, stride: 2),
    new BatchNorm2d(16),
    new ResidualBlock(new SwishBranch(channels: 16), skip: 1, step: 0.5),
    new ResidualBlock(new SwishBranch(channels: 16), skip: 1, step: Coefficient.Learned(0.5)),
    new GlobalAveragePool(),
    new Linear(16, 10));

new Trainer(model, new Sgd(momentum: 0.9), new TrainingOptions { Epochs = 12, BatchSize = 16 })
{
    OnEpoch = epoch => Console.WriteLine($"epoch {epoch.Epoch,2}: loss {epoch.Loss:f3}"),
}
.Run(new ShapesDataset(count: 64, seed: 1, split: "train"));

// A branch of one's own: F(x) = conv(swish(x)).
internal sealed class SwishBranch : Module
{
    private readonly Conv2d _conv;
    public SwishBranch(int channels) => _conv = Child("conv", new Conv2d(channels, channels, kernel: 3));
    protected override Tensor Forward(Tensor x) => _conv.Apply(Ops.Apply(new SwishOp(), x));
}

// An operation of one's own, swish(x) = x sigmoid(x): its value and its slope, for every float type.
internal sealed class SwishOp : ElementwiseOp
{
    public override T Apply<T>(T x) => x * Sigmoid(x);
    public override T Derivative<T>(T x) => Sigmoid(x) * (T.One + (x * (T.One - Sigmoid(x))));
    private static T Sigmoid<T>(T x) where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));
}
