using StepNet.Data;

namespace StepNet.Cli;

/// <summary>Says on stderr what a user should know of his own data before a training.</summary>
internal static class OwnDataNotes
{
    // Classes shown by name; and how uneven they are before it is worth a line.
    private const int MaxShown = 10;
    private const double Uneven = 1.5;

    internal static void Show(DataInspection inspection, bool balance)
    {
        IEnumerable<string> classes = inspection.Classes.Take(MaxShown).Select(one => $"{one.Name} {one.Train:n0}");
        string rest = inspection.Classes.Count > MaxShown ? $", and {inspection.Classes.Count - MaxShown} more" : "";
        Progress.Line($"{inspection.Name}: training {inspection.Kind} by class: {string.Join(", ", classes)}{rest}");
        if (inspection.Imbalance >= Uneven)
        {
            Progress.Line($"note: the largest class has {inspection.Imbalance:f1} times the {inspection.Kind} of the smallest; "
                + (balance ? "--balance draws all evenly." : "--balance would draw all evenly."));
        }

        if (inspection.Bad.Count > 0)
        {
            Progress.Line($"note: {inspection.Bad.Count:n0} left out, the first: {inspection.Bad[0].Name}: {inspection.Bad[0].Reason}.");
        }

        if (inspection.Strays.Count > 0)
        {
            Progress.Line($"note: {inspection.Strays.Count:n0} beside the class folders left out, the first: {inspection.Strays[0]}.");
        }

        int across = inspection.Duplicates.Count(same => same.AcrossParts);
        if (across > 0)
        {
            Progress.Line($"note: {across:n0} {inspection.Kind} are in more than one of training, validation and test; "
                + "'stepnet data inspect' lists them.");
        }
    }
}
