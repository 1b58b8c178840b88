using StepNet.Graph;

namespace StepNet.Data;

/// <summary>What transforms of places in a picture need of an item.</summary>
internal static class Pictures
{
    /// <summary>Rows and columns of an item <c>[C, H, W]</c>.</summary>
    /// <exception cref="ArgumentException">It is no picture: a text or a point has no places.</exception>
    public static (int H, int W) Size(Shape item, string transform) => item.Dims.Length == 3
        ? (item.Height, item.Width)
        : throw new ArgumentException($"{transform}: an item of {item}; expected a picture [C, H, W]. Leave the transform out.", nameof(item));
}
