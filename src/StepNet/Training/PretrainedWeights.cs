using System.Security.Cryptography;
using System.Text;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Training;

/// <summary>
/// The weights of an earlier training as the start of another: a model file of this library, or a <c>.safetensors</c> file with
/// PyTorch's names such as torchvision and timm publish for their ResNets.
/// </summary>
public sealed class PretrainedWeights
{
    private readonly SafeTensorFile _file;

    private PretrainedWeights(string path, SafeTensorFile file, ModelCard? card) => (Path, _file, Card) = (path, file, card);

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>What the file says of its network; null where another program wrote it.</summary>
    public ModelCard? Card { get; }

    /// <summary>Sum over all names, shapes and values: equal for equal weights, whatever the file is called.</summary>
    public string Digest()
    {
        using IncrementalHash sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SafeTensor tensor in _file.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            sum.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\n{tensor.Type} {string.Join(' ', tensor.Shape)}\n"));
            sum.AppendData(tensor.Data);
        }

        return Convert.ToHexStringLower(sum.GetHashAndReset())[..32];
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="SafeTensorsException">It cannot be opened, is damaged, or its network is none of this version.</exception>
    public static PretrainedWeights Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            SafeTensorFile file = SafeTensors.Read(path);
            return new PretrainedWeights(path, file, file.Metadata.GetValueOrDefault("format") == "stepnet" ? ModelCard.Parse(file.Metadata) : null);
        }
        catch (FormatException e)
        {
            throw new SafeTensorsException($"'{path}': {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafeTensorsException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}). Name a .safetensors file.", e);
        }
    }

    /// <summary>
    /// Gives a model the values of the file. Its head keeps its own start where the classes differ, by number or by the names that the
    /// file has; so do learned step factors and skip weights that the file does not know.
    /// </summary>
    /// <param name="model">Initialised; all other values are taken from the file.</param>
    /// <param name="classes">Class names of the data that are to be learned.</param>
    /// <exception cref="SafeTensorsException">Names or shapes differ elsewhere; the message names the first, and the model is as before.</exception>
    public WeightTransfer CopyTo(Module model, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(classes);
        Linear? head = model.Head is Linear last && IsOther(last, classes) ? last : null;
        Coefficient[] unknown =
            [.. model.Modules.OfType<Coefficient>().Distinct().Where(one => one.Trained is not null && !_file.Tensors.ContainsKey(one.Trained.Name))];
        HashSet<Variable> kept = [.. head?.State ?? [], .. unknown.Select(one => one.Trained!)];
        ModelFile.CopyTo(_file, model, Path, kept);
        return new WeightTransfer(
            model.State.Count() - kept.Count,
            head?.Path,
            head is null ? null : FileClasses(head),
            [.. unknown.Select(one => one.Path)]);
    }

    // A head of other inputs is no head of other classes: that is a network of another width, and an error.
    private bool IsOther(Linear head, IReadOnlyList<string> classes) =>
        !_file.Tensors.TryGetValue(head.Weight.Name, out SafeTensor? weight)
        || (weight.Shape.Length == 2 && weight.Shape[1] == head.Weight.Shape.Dims[1]
            && (weight.Shape[0] != head.Weight.Shape.Dims[0] || (Card is not null && !Card.Classes.SequenceEqual(classes))));

    private int? FileClasses(Linear head) => _file.Tensors.TryGetValue(head.Weight.Name, out SafeTensor? weight) ? weight.Shape[0] : null;
}
