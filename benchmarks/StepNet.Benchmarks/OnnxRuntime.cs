using System.ComponentModel;
using System.Diagnostics;
using StepNet.Export.Onnx;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Tests;

namespace StepNet.Benchmarks;

/// <summary>onnxruntime-node on our own export, where Node.js finds it: through <c>NODE_PATH</c>.</summary>
internal sealed class OnnxRuntime : IDisposable
{
    private const string PathVariable = "NODE_PATH";

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("stepnet-onnx-");

    /// <summary>Looks for it.</summary>
    public OnnxRuntime()
    {
        Why = CanRequire() ? null
            : "Node.js does not find onnxruntime-node: npm install --ignore-scripts onnxruntime-node in some folder, and name its "
                + $"node_modules in {PathVariable}.";
        string script = Path.Combine(Checkout.Root, "benchmarks", "onnxruntime", "infer_speed.js");
        Contenders = Why is not null ? [] :
        [
            new(Row.OnnxRuntime, "node", of => [script, "--file", FileOf(of), "--shape", ShapeOf(of)], Contender.NoVariables) { Runs = Wanted },
        ];
    }

    /// <summary>Why there is none; null where there is.</summary>
    public string? Why { get; }

    /// <summary>The one contender, or none.</summary>
    public IReadOnlyList<Contender> Contenders { get; }

    /// <summary>Whether a case is compared with it.</summary>
    public static bool Wanted(Case of) => of.Goals.Any(goal => goal.Measurand == Measurand.OverOnnxRuntime);

    public void Dispose() => _files.Delete(recursive: true);

    // Without preprocessing: both predict from the same numbers.
    private string FileOf(Case of)
    {
        string path = Path.Combine(_files.FullName, of.Model + ".onnx");
        if (!File.Exists(path))
        {
            ResNetOptions options = ModelCatalog.Options(of.Model) with { Step = 0.1 };
            Module network = options.Create();
            network.Initialize(1);
            OnnxExporter.Write(path, network, options.Item);
        }

        return path;
    }

    private static string ShapeOf(Case of) => string.Join(',', ModelCatalog.Options(of.Model).Item.Dims.ToArray());

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
