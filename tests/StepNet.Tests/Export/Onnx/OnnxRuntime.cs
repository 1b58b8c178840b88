using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace StepNet.Tests.Export.Onnx;

/// <summary>One process of Node with onnxruntime, <c>tests/onnx/judge.js</c>, for all cases: loading it takes longer than a run.</summary>
public sealed class OnnxRuntime : IDisposable
{
    private static readonly Lazy<string?> s_fault = new(Search);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stepnet-onnx-");
    private Process? _process;
    private Task<string>? _errors;

    /// <summary>A path in the folder that goes with this.</summary>
    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Skips the test where there is no onnxruntime.</summary>
    internal static void SkipWhereMissing() => Assert.SkipWhen(s_fault.Value is not null, s_fault.Value ?? "");

    /// <summary>Runs a file on one input; returns the first output's sizes and values.</summary>
    internal (int[] Dims, float[] Values) Run<T>(string model, T[] input, params int[] dims)
        where T : unmanaged
    {
        SkipWhereMissing();
        string from = PathOf("input.bin"), to = PathOf("output.bin");
        File.WriteAllBytes(from, MemoryMarshal.AsBytes<T>(input));
        _process ??= Start();
        string type = input switch { byte[] => "uint8", int[] => "int32", _ => "float32" };
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(new { model, type, dims, input = from, output = to }));
        _process.StandardInput.Flush();
        Task<string?> said = _process.StandardOutput.ReadLineAsync();
        Assert.True(said.Wait(s_patience) && said.Result is not null, $"onnxruntime gave no answer. {(_errors!.IsCompleted ? _errors.Result : "")}");
        JsonElement answer = JsonDocument.Parse(said.Result!).RootElement;
        Assert.False(answer.TryGetProperty("error", out JsonElement error), $"{error}");
        Assert.Equal("logits", answer.GetProperty("outputs")[0].GetString());
        return (
            [.. answer.GetProperty("dims").EnumerateArray().Select(dim => dim.GetInt32())],
            MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(to)).ToArray());
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close(); // the end of its loop
            if (!_process.WaitForExit(5000))
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    // Null where all is there.
    private static string? Search()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("node", ["-e", "require('onnxruntime-node')"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "No onnxruntime: node finds no onnxruntime-node. Install it in any folder with "
                + "'npm install --ignore-scripts onnxruntime-node', and name its node_modules in NODE_PATH.";
        }
        catch (Win32Exception)
        {
            return "No onnxruntime: there is no node. Install Node.js and the package onnxruntime-node.";
        }
    }

    private Process Start()
    {
        Process process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Checkout.Root, "tests", "onnx", "judge.js")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = process.StandardError.ReadToEndAsync();
        return process;
    }
}
