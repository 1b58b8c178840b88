#:project ../src/StepNet.Experiments/StepNet.Experiments.csproj
#:property PublishAot=false

// Draws the training loss of runs that were made with --log-every:
//     dotnet run results/plot-steps.cs -- OUT.svg TITLE NAME:RUN_FOLDER ...
using System.Globalization;
using StepNet.Experiments.Charts;

if (args.Length < 3)
{
    Console.Error.WriteLine("usage: dotnet run results/plot-steps.cs -- OUT.svg TITLE NAME:RUN_FOLDER ...");
    return 2;
}

Chart chart = new()
{
    Title = args[1],
    X = new Axis("steps"),
    Y = new Axis("training loss", Log: true),
    Series = [.. args[2..].Select(arg => arg.Split(':', 2)).Select(pair => new Series(pair[0], Points(pair[1])))],
};
File.WriteAllText(args[0], chart.ToSvg());
return 0;

static DataPoint[] Points(string folder) =>
[
    .. from row in File.ReadLines(Path.Combine(folder, "steps.csv")).Skip(1)
       let cells = row.Split(',')
       select new DataPoint(double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[1], CultureInfo.InvariantCulture)),
];
