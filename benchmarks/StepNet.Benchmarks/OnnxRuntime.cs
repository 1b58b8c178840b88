using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using StepNet.Tests;

namespace StepNet.Benchmarks;

/// <summary>onnxruntime-node on ONNX files, where Node.js finds it: through <c>NODE_PATH</c>.</summary>
internal sealed class OnnxRuntime : IDisposable
{
    private const string PathVariable = "NODE_PATH";

    private OnnxRuntime(string? why, params Contender[] contenders) => (Why, Contenders) = (why, contenders);

    /// <summary>Why there is none; null where there is.</summary>
    public string? Why { get; }

    /// <summary>The one contender, or none.</summary>
    public IReadOnlyList<Contender> Contenders { get; }

    public static Option<string?> Option() => new("--onnx")
    {
        Description = "Folder of ONNX files, such as resnet20.onnx, for onnxruntime-node: input float32 [N, 3, 32, 32].",
    };

    /// <summary>Whether a case is compared with it.</summary>
    public static bool Wanted(Case of) => of.Goals.Any(goal => goal.Measurand == Measurand.OverOnnxRuntime);

    /// <summary>Looks for it.</summary>
    /// <param name="folder">Folder of ONNX files; null for none.</param>
    public static OnnxRuntime Find(string? folder)
    {
        if (folder is null)
        {
            return new OnnxRuntime("onnxruntime-node needs ONNX files: name their folder with --onnx.");
        }

        if (!CanRequire())
        {
            return new OnnxRuntime(
                $"Node.js does not find onnxruntime-node: npm install --ignore-scripts onnxruntime-node in some folder, and name its node_modules in {PathVariable}.");
        }

        string script = Path.Combine(Checkout.Root, "benchmarks", "onnxruntime", "infer_speed.js");
        return new OnnxRuntime(null, new Contender(
            Row.OnnxRuntime, "node", of => [script, "--file", Path.Combine(folder, of.Model + ".onnx")], Contender.NoVariables)
        {
            Runs = of => Wanted(of) && File.Exists(Path.Combine(folder, of.Model + ".onnx")),
        });
    }

    public void Dispose()
    {
    }

    private static bool CanRequire()
    {
        try
        {
            using Process node = Process.Start(new ProcessStartInfo("node", ["-e", "require('onnxruntime-node')"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            node.BeginErrorReadLine();
            node.BeginOutputReadLine();
            node.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no Node.js
        }
    }
}
