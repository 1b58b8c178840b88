using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>A change of one item on its way into a batch: augmentation or normalisation.</summary>
/// <remarks>Called from the loader's thread for every item, so it must not allocate and must keep no state.</remarks>
public interface ITransform
{
    /// <summary>Changes the item in place.</summary>
    /// <param name="item">Values, channels first.</param>
    /// <param name="itemShape">Shape of the item, without the batch: <c>[C, H, W]</c>.</param>
    /// <param name="random">The item's own stream in this epoch; the only source of randomness.</param>
    void Apply(Span<float> item, Shape itemShape, ref CounterRandom random);
}
