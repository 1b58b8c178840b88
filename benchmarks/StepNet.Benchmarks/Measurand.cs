namespace StepNet.Benchmarks;

/// <summary>What a figure of the table compares.</summary>
internal enum Measurand
{
    /// <summary>Our speed over the fastest of PyTorch's settings in the same round.</summary>
    OverBest,

    /// <summary>Our speed over PyTorch as a user starts it.</summary>
    OverDefault,

    /// <summary>Our speed over onnxruntime-node's on our own export.</summary>
    OverOnnxRuntime,

    /// <summary>Multiply-adds of direct convolutions and linear layers a second, over the machine's peak.</summary>
    OverPeak,

    /// <summary>Our process memory over the least of PyTorch's settings in the same round.</summary>
    Memory,

    /// <summary>Seconds from the start of our process to the end of its first step.</summary>
    FirstStep,
}
