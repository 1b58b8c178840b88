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
        // The line that applies the chain, where there is one: those below would be the same for every chain.
        ModuleScope scope = x.Graph.Scope;
        foreach (Module module in _modules)
        {
            x = scope.Line > 0 ? module.Apply(x, scope.File, scope.Line) : module.Apply(x);
        }

        return x;
    }
}
