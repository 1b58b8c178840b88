// POST an image file to /classify, get its classes: curl --data-binary @cat.jpg "http://localhost:5000/classify?top=3"
// Run it with: dotnet run --project samples/ClassifyEndpoint -- --model runs/pictures --urls http://localhost:5000
using StepNet.Execution;
using StepNet.Export;
using StepNet.Imaging;
using StepNet.Inference;

const int MaxBytes = 8 << 20, MaxPixels = 16_000_000, MaxTop = 100;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Services.AddProblemDetails();

if (builder.Configuration["model"] is not { Length: > 0 } model)
{
    await Console.Error.WriteLineAsync("No model: give --model PATH, a run folder or a model file.");
    return 2;
}

// One classifier for all requests.
builder.Services.AddSingleton(services => Classifier.Load(
    model,
    new ClassifierOptions { MaxImageBytes = MaxBytes, MaxPixels = MaxPixels, Logger = services.GetRequiredService<ILogger<Classifier>>() }));
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = MaxBytes);
WebApplication app = builder.Build();
app.UseExceptionHandler();
try
{
    // Made here, so that a wrong model shows when the application starts.
    if (!app.Services.GetRequiredService<Classifier>().ReadsImages)
    {
        await Console.Error.WriteLineAsync($"'{model}' reads no images. Give a model that does.");
        return 3;
    }
}
catch (Exception e) when (e is SafeTensorsException or EnvironmentVariableException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 3;
}

app.MapGet("/classes", (Classifier classifier) => classifier.Classes);
app.MapPost("/classify", async (HttpRequest request, Classifier classifier, CancellationToken gone, int top = 3) =>
{
    if (top is < 1 or > MaxTop)
    {
        return Problem(StatusCodes.Status400BadRequest, $"top is {top}; expected 1 to {MaxTop}.");
    }

    try
    {
        // The body is the file, or a form with one file in it. curl calls any body that it is told nothing of a form of another kind.
        bool isForm = request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true;
        IFormFile? file = isForm && (await request.ReadFormAsync(gone)).Files is [var one] ? one : null;
        if (isForm && file is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "the form has no file, or several; expected one image.");
        }

        // The token says that the client has gone: then nobody needs the answer.
        await using Stream image = file?.OpenReadStream() ?? request.Body;
        Prediction prediction = await classifier.PredictAsync(image, gone);
        return Results.Ok(prediction.Top(top).Select(one => new { @class = one.Name, probability = one.Probability }));
    }
    catch (BadHttpRequestException e)
    {
        return Problem(e.StatusCode, $"{e.Message.TrimEnd('.')}; at most {MaxBytes} bytes are read.");
    }
    catch (Exception e) when (e is ImageException or InvalidDataException or IOException)
    {
        return Problem(StatusCodes.Status400BadRequest, $"{e.Message.TrimEnd('.')}.");
    }
    catch (OperationCanceledException) when (gone.IsCancellationRequested)
    {
        return Results.Empty;
    }
}).DisableAntiforgery();
await app.RunAsync();
return 0;

static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status, title: "The image was not classified.");
