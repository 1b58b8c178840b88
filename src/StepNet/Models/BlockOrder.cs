namespace StepNet.Models;

/// <summary>Where normalisation and activation stand in a block (Towards Robust ResNet: "directly after (or before)").</summary>
public enum BlockOrder
{
    /// <summary>conv-norm-ReLU-conv-norm, then ReLU on the sum (He et al. 2016a).</summary>
    Post,

    /// <summary>norm-ReLU-conv twice, the sum as it is, one last norm-ReLU before the pooling (He et al. 2016b).</summary>
    Pre,
}
