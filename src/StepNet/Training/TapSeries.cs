namespace StepNet.Training;

/// <summary>One thing that is watched, a number a row.</summary>
/// <param name="Place">Dotted name of a parameter, <c>layer1.0.conv1.weight</c>, of a layer, <c>conv1</c>, or of a block, <c>layer1.0</c>.</param>
/// <param name="Quantity">What of it: see <see cref="TapQuantity"/>.</param>
public readonly record struct TapSeries(string Place, string Quantity)
{
    /// <summary>The head of its column: <c>layer1.0:s</c>.</summary>
    public override string ToString() => $"{Place}:{Quantity}";
}
