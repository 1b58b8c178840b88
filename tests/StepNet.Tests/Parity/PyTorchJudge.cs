using System.Diagnostics;
using System.Text;
using System.Text.Json;
using StepNet.Export;

namespace StepNet.Tests.Parity;

/// <summary>One process of <c>tests/pytorch/cifar_resnet.py</c> for all cases: importing torch takes longer than a judgement.</summary>
public sealed class PyTorchJudge : IDisposable
{
    // The judge's own main, once a line; each line is a JSON array of its arguments.
    private const string Loop = """
        import json, sys
        sys.path.insert(0, sys.argv[1])
        import cifar_resnet
        for line in sys.stdin:
            sys.argv[1:] = json.loads(line)
            cifar_resnet.main()
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stepnet-parity-");
    private readonly StringBuilder _errors = new();
    private Process? _process;

    /// <summary>Judges a case, or skips the running test where there is no PyTorch.</summary>
    /// <param name="input">Parameters, running statistics, images and labels.</param>
    /// <param name="options">Options of the judge.</param>
    internal SafeTensorFile Run(IEnumerable<SafeTensor> input, params string[] options)
    {
        Assert.SkipWhen(PythonWithTorch.Path is null, PythonWithTorch.Why);
        string from = Path.Combine(_folder.FullName, "input.safetensors"), to = Path.Combine(_folder.FullName, "output.safetensors");
        SafeTensors.Write(from, input);

        _process ??= Start(PythonWithTorch.Path!);
        _process.StandardInput.WriteLine(JsonSerializer.Serialize<string[]>([from, to, .. options]));
        _process.StandardInput.Flush();
        Task<string?> said = _process.StandardOutput.ReadLineAsync();
        bool done = said.Wait(s_patience) && said.Result is not null;
        if (!done)
        {
            _process.WaitForExit(1000);
            lock (_errors)
            {
                Assert.Fail($"The judge gave no answer to {string.Join(' ', options)}.\n{_errors}");
            }
        }

        return SafeTensors.Read(to);
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

    private Process Start(string python)
    {
        ProcessStartInfo start = new(python, ["-u", "-c", Loop, Path.Combine(Checkout.Root, "tests", "pytorch")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1"; // no files beside the scripts
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        return process;
    }
}
