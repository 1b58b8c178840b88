using System.Globalization;
using StepNet.Graph;

namespace StepNet.Nn;

/// <summary>Modules one after another, named <c>0</c>, <c>1</c>, ...</summary>
public sealed class Sequential : Module
{
    private readonly Module[] _modules;

    /// <summary>A chain of modules.</summary>
    public Sequential(params Module[] modules)
    {
        _modules = modules;
        for (int i = 0; i < modules.Length; i++)
        {
            Child(i.ToString(CultureInfo.InvariantCulture), modules[i]);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x)
    {
        foreach (Module module in _modules)
        {
            x = module.Apply(x);
        }

        return x;
    }
}
