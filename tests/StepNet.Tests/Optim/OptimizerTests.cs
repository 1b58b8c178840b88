using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Optim;

public sealed class OptimizerTests
{
    [Theory]
    [InlineData(DecayScope.All, new[] { "conv.weight", "norm.weight", "norm.bias", "flat.weight", "flat.bias", "global.weight", "global.bias" })]
    [InlineData(DecayScope.Weights, new[] { "conv.weight", "flat.weight", "global.weight" })]
    public void WeightDecay_OfEachScope_ReachesTheParametersNamed(DecayScope scope, string[] expected)
    {
        GraphProgram program = SmallNetworks.Step("images", new Sgd(0.9, 0.1) { DecayScope = scope }, out _);

        Assert.Equal(expected.Order(), Decayed(program).Order());
    }

    public static TheoryData<string> Rules => ["sgd", "adam", "adamw", "rmsprop"];

    [Theory]
    [MemberData(nameof(Rules))]
    public void WeightDecay_OfLearnedCoefficients_IsNone(string rule)
    {
        Module model = new CifarResNetOptions
        {
            Depth = 8,
            Width = 4,
            Step = CoefficientSpec.LearnedFrom(0.5),
            Skip = CoefficientSpec.Parse("learned:1@stage"),
        }.Create();
        GraphProgram program = TrainingGraph.Build(model, Shape.Of(3, 8, 8), rule switch
        {
            "sgd" => new Sgd(0.9, 0.1),
            "adam" => new Adam(weightDecay: 0.1),
            "adamw" => new AdamW(weightDecay: 0.1),
            _ => new RmsProp(weightDecay: 0.1),
        });

        string[] coefficients = [.. model.Parameters.Where(parameter => parameter.Kind == ParameterKind.Coefficient).Select(parameter => parameter.Name)];
        Assert.Equal(6, coefficients.Length);
        Assert.Subset(program.Updates.Select(update => update.Variable.Name).ToHashSet(), coefficients.ToHashSet());
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name).Except(coefficients).Order(), Decayed(program).Order());
    }

    [Fact]
    public void StateVariables_OfAdam_AreTwoMomentsEachAndTheCount()
    {
        Adam adam = new();
        GraphProgram program = SmallNetworks.Step("images", adam, out Module model);

        Assert.Equal(1 + (2 * model.Parameters.Count()), adam.StateVariables.Count);
        Assert.Superset(adam.StateVariables.ToHashSet(), program.Variables.ToHashSet());
        Assert.Equal(program.Variables.Count(), program.Variables.Select(variable => variable.Name).Distinct().Count());
        Assert.Contains("conv.weight.second_moment", adam.StateVariables.Select(variable => variable.Name));
        Assert.Contains("optimizer.steps", adam.StateVariables.Select(variable => variable.Name));
    }

    [Fact]
    public void Settings_OutOfRange_NameTheArgument()
    {
        Assert.Equal("momentum", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(1)).ParamName);
        Assert.Equal("momentum", Assert.Throws<ArgumentException>(() => new Sgd(0, nesterov: true)).ParamName);
        Assert.Equal("beta1", Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(beta1: double.NaN)).ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new AdamW(epsilon: 1e-60)).ParamName);
        Assert.Equal("weightDecay", Assert.Throws<ArgumentOutOfRangeException>(() => new RmsProp(weightDecay: -1)).ParamName);
        Assert.Equal("ClipNorm", Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd { ClipNorm = 0 }).ParamName);
    }

    private static IEnumerable<string> Decayed(GraphProgram program) =>
        from update in program.Updates
        where update.Variable is Parameter
        let rule = (UpdateOp)update.Value.Producer.Operation
        where rule.Decay > 0 || rule is AdamUpdateOp { Shrink: > 0 }
        select update.Variable.Name;
}
