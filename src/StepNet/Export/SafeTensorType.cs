namespace StepNet.Export;

/// <summary>How a <see cref="SafeTensor"/> stores its numbers; the names are those of the file format.</summary>
public enum SafeTensorType
{
    /// <summary>32-bit float: the type of parameters.</summary>
    F32,

    /// <summary>64-bit float, for tests that compare exactly.</summary>
    F64,

    /// <summary>64-bit integer, for labels and counters.</summary>
    I64,

    /// <summary>16-bit IEEE half; read only, widened exactly.</summary>
    F16,

    /// <summary>Upper 16 bits of a 32-bit float; read only, widened exactly.</summary>
    BF16,
}
