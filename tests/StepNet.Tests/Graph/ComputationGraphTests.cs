using StepNet.Graph;

namespace StepNet.Tests.Graph;

public sealed class ComputationGraphTests
{
    [Fact]
    public void Add_TensorOfAnotherGraph_IsRefusedWhicheverComesFirst()
    {
        ComputationGraph first = new(), second = new();
        Tensor a = first.Input("a", Shape.Batch(2)), b = second.Input("b", Shape.Batch(2));

        using (second.Enter(new ModuleScope("layer1.0", "", 0)))
        {
            Assert.Contains("layer1.0: Add", Message(() => Ops.Add(a, b)), StringComparison.Ordinal);
            Assert.Contains("layer1.0: Add", Message(() => Ops.Add(b, a)), StringComparison.Ordinal);
        }

        static string Message(Action act) => Assert.Throws<InvalidOperationException>(act).Message;
    }

    [Fact]
    public void Add_WrongShape_NamesModuleFileAndLine()
    {
        ComputationGraph graph = new();
        Tensor a = graph.Input("a", Shape.Batch(2)), b = graph.Input("b", Shape.Batch(3));

        using (graph.Enter(new ModuleScope("layer1.0", "", 0)))
        {
            ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(() => Ops.Add(a, b));
            Assert.StartsWith("layer1.0 (ComputationGraphTests.cs:", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_VariableOrSlotTwice_IsOneNode()
    {
        ComputationGraph graph = new();
        Variable variable = new("w", Shape.Of(2));
        Slot slot = new("lr", 0.1);

        Assert.Same(graph.Read(variable), graph.Read(variable));
        Assert.Same(graph.Read(slot), graph.Read(slot));
        Assert.Equal(2, graph.Nodes.Count);
    }

    [Fact]
    public void Update_OtherShape_NamesTheVariable()
    {
        ComputationGraph graph = new();

        ShapeMismatchException e = Assert.Throws<ShapeMismatchException>(
            () => graph.Update(new Variable("bn1.weight", Shape.Of(2)), graph.Read(new Slot("h", 1))));

        Assert.Contains("Update of 'bn1.weight': value [] for shape [2]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variable_BatchedShapeOrWrongCount_IsRefused()
    {
        Assert.Contains(
            "has a batch", Assert.Throws<ShapeMismatchException>(() => new Variable("w", Shape.Batch(2))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "3 values for shape [2]",
            Assert.Throws<ShapeMismatchException>(() => new Variable("w", Shape.Of(2), [1, 2, 3])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_NodeOfAModule_ShowsShapesInputsAndPath()
    {
        ComputationGraph graph = new();
        Tensor x = graph.Input("input", Shape.Batch(3, 8, 8));

        using (graph.Enter(new ModuleScope("layer1.0.conv1", "", 0)))
        {
            Tensor y = Ops.Conv2d(x, graph.Read(new Variable("w", Shape.Of(4, 3, 3, 3))), 2, new Padding(0, 1, 0, 1));
            Assert.Equal(
                "%2 [N, 4, 4, 4] = Conv2d stride 2, padding (top 0, bottom 1, left 0, right 1)(%0, %1)  layer1.0.conv1",
                y.Producer.ToString());
        }
    }
}
