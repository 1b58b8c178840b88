namespace StepNet.Models;

/// <summary>What a text network puts behind its last stage.</summary>
public enum TextHead
{
    /// <summary>The 8 largest values of every channel in their order, then linear layers 4096-2048-2048-classes (VDCNN).</summary>
    KMax,

    /// <summary>The largest value of every channel, then one linear layer 512-classes.</summary>
    Max,
}
