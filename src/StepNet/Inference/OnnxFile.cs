using System.Text.Json;
using StepNet.Data;
using StepNet.Export.Onnx;
using StepNet.Models;

namespace StepNet.Inference;

/// <summary>Writes a trained model as ONNX, with all that is needed to feed it inside the file.</summary>
public static class OnnxFile
{
    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">Target.</param>
    /// <param name="model">The model.</param>
    /// <param name="preprocessing">
    /// Whether the file takes images, uint8 <c>[N, H, W, C]</c>, or texts, int32 code points <c>[N, any length]</c>, and prepares them
    /// itself; else prepared float32 images <c>[N, C, H, W]</c> or int32 codes <c>[N, L]</c>. Points are float32 <c>[N, features]</c> always.
    /// </param>
    /// <exception cref="ArgumentException">With preprocessing, and the model does not say how: <see cref="TrainedModel.SaysNormalization"/>.</exception>
    /// <exception cref="OnnxExportException">The network has an operation that ONNX does not know.</exception>
    /// <exception cref="IOException">The file could not be written; the target is as before.</exception>
    public static void Save(string path, TrainedModel model, bool preprocessing = true)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelCard card = model.Card;
        ItemPreparation preparation = new(card);
        if (preprocessing && preparation.ReadsImages && !model.SaysNormalization)
        {
            throw new ArgumentException(
                $"{card.Name}: neither its file nor the caller said how pixels are normalised. Load it with mean and std, or leave preprocessing out.",
                nameof(preprocessing));
        }

        OnnxInput input = !preprocessing ? OnnxInput.Numbers
            : preparation.ReadsImages ? OnnxInput.Pixels(card.Mean, card.Std)
            : preparation.ReadsTexts ? OnnxInput.CodePoints(CharacterVocabulary.Table)
            : OnnxInput.Numbers;
        OnnxExporter.Write(path, model.Network, card.Item, input, Metadata(card, preprocessing));
    }

    // Those of the model file, and the class names once more as most readers like them.
    private static Dictionary<string, string> Metadata(ModelCard card, bool preprocessing)
    {
        Dictionary<string, string> texts = card.Options is { Branch: null } ? new(card.ToMetadata()) : [];
        texts["class_names"] = JsonSerializer.Serialize(card.Classes, OnnxFileJson.Relaxed.IReadOnlyListString);
        texts["preprocessing"] = preprocessing ? "included" : "none";
        return texts;
    }
}
