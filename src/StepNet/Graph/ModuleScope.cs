namespace StepNet.Graph;

/// <summary>Where a node comes from.</summary>
/// <param name="Path">Dotted module path, <c>layer1.0.conv1</c>; empty at the root.</param>
/// <param name="File">Source file of the call that traced it; empty where unknown.</param>
/// <param name="Line">Source line, from 1; 0 where unknown.</param>
public readonly record struct ModuleScope(string Path, string File, int Line)
{
    /// <summary>For example <c>layer1.0.conv1 (ResidualBranch.cs:31)</c>.</summary>
    public override string ToString()
    {
        string path = Path.Length == 0 ? "model" : Path;
        return Line > 0 ? $"{path} ({System.IO.Path.GetFileName(File)}:{Line})" : path;
    }
}
