using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Web.Api;

/// <summary>
/// Processes for other programs: start, correlate, tasks, instances. Every command carries an <c>Idempotency-Key</c>; a repeat gets the stored answer.
/// Described at <c>/openapi/v1.json</c>.
/// </summary>
internal static class ProcessApi
{
    /// <summary>Header with the key of a command.</summary>
    public const string KeyHeader = "Idempotency-Key";

    private const int MostBytes = 64 * 1024;
    private const int PageRows = 100;

    private const string Root = "/api/v1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 32, Converters = { new JsonStringEnumConverter(), new GivenValuesJson(), new ValueJson() } };

    /// <summary>Adds the tokens' scheme and the description.</summary>
    public static void AddProcessApi(this IServiceCollection services)
    {
        TokenAuthentication.Add(services);
        services.AddExceptionHandler<ApiFailures>();
        services.AddOpenApi("v1", options =>
        {
            options.ShouldInclude = route => route.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer(DescribeAsync);
            options.AddOperationTransformer((operation, _, _) =>
            {
                // missing, it is refused in words; for a description it is simply required
                foreach (var key in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.Name == KeyHeader) ?? []) key.Required = true;
                return Task.CompletedTask;
            });
        });
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new() { Title = "Portal", Version = "v1" };
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme> { [TokenAuthentication.Name] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" } };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(TokenAuthentication.Name, document)] = [] }];
        return Task.CompletedTask;
    }

    /// <summary>Maps <c>/api/v1</c>.</summary>
    public static void MapProcessApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(policy => policy.AddAuthenticationSchemes(IdentityConstants.ApplicationScheme, TokenAuthentication.Name).RequireAuthenticatedUser());
        var api = app.MapApiGroup("processes");
        Command(api.MapPost("/processes/{map}/instances", StartAsync)).Accepts<StartRequest>("application/json").Produces<StartAnswer>(StatusCodes.Status201Created)
            .WithSummary("Starts an instance of the newest version of a map. Where its start has a form, only the fields of the form are taken.");
        Read(api.MapGet("/processes", ProcessesAsync)).Produces<IReadOnlyList<ApiProcess>>().WithSummary("Maps that can be started, with the fields their start asks.");
        Command(api.MapPost("/messages", CorrelateAsync)).Accepts<CorrelateRequest>("application/json").Produces<CorrelateAnswer>()
            .WithSummary("Leads a message to the instance that waits for it, or starts the map it starts, or keeps it for a day. It brings only the fields that the map declares on the message.");
        Command(api.MapPost("/tasks/{id:guid}/completion", CompleteAsync)).Accepts<CompleteRequest>("application/json").Produces(StatusCodes.Status204NoContent)
            .WithSummary("Completes a task with the values of its form.");
        Read(api.MapGet("/tasks", TasksAsync)).Produces<ApiTasks>().WithSummary("Open tasks: mine and those offered to my roles.");
        Read(api.MapGet("/tasks/{id:guid}", TaskAsync)).Produces<ApiTaskDetails>().WithSummary("A task with its instruction and form.");
        Read(api.MapGet("/instances/{id:guid}", InstanceAsync)).Produces<ApiInstance>().WithSummary("Where an instance stands, its data, and the incidents that hold it up.");
    }

    /// <summary>Routes of the interface for programs: by token, refusals told in its words.</summary>
    public static RouteGroupBuilder MapApiGroup(this IEndpointRouteBuilder app, string tag) =>
        app.MapGroup(Root).WithTags(tag).RequireAuthorization(policy => policy.AddAuthenticationSchemes(TokenAuthentication.Name).RequireAuthenticatedUser())
            .RequireRateLimiting(TokenAuthentication.Name).DisableAntiforgery().AddEndpointFilter(TellRefusalAsync);

    /// <summary>Tells why there is no answer in the words of the interface; false where it is no request of this interface.</summary>
    /// <param name="path">what was asked for</param>
    public static async Task<bool> TellAsync(HttpContext http, PathString path, RuleBrokenException refusal, CancellationToken ct)
    {
        if (!path.StartsWithSegments(Root)) return false;
        await http.Response.WriteAsJsonAsync(new ApiRefusal(refusal.Code, http.RequestServices.GetRequiredService<Texts>().Of(refusal)), Json, ct);
        return true;
    }

    /// <summary>What every command of the interface says of itself.</summary>
    internal static RouteHandlerBuilder Command(RouteHandlerBuilder route) => Read(route).WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Produces<ApiRefusal>(StatusCodes.Status400BadRequest).Produces<ApiRefusal>(StatusCodes.Status409Conflict).Produces(StatusCodes.Status413PayloadTooLarge);

    /// <summary>What every route of the interface says of itself.</summary>
    internal static RouteHandlerBuilder Read(RouteHandlerBuilder route) =>
        route.Produces(StatusCodes.Status401Unauthorized).Produces<ApiRefusal>(StatusCodes.Status403Forbidden).Produces<ApiRefusal>(StatusCodes.Status404NotFound).Produces<ApiRefusal>(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> ProcessesAsync(HttpContext http, StartQuery starts)
    {
        var actor = await http.ActorAsync();
        return Results.Json((await starts.MapsAsync(actor, http.RequestAborted)).Select(map => new ApiProcess(map.Key, map.Name.In(actor.Culture), Fields(map.Start.Work.Form, actor))), Json);
    }

    private static async Task<IResult> StartAsync(HttpContext http, string map, [FromHeader(Name = KeyHeader)] string? key, ProcessRunner runner, StartQuery starts, MapCache maps, CommandLog log, Texts texts)
    {
        var (request, hash) = await BodyAsync<StartRequest>(http);
        ObjectRef? about = request.About is { } it ? new(it.Kind, it.Id) : null;
        var answer = await log.OnceAsync(new(Key(key), $"api start {map} {hash}"), await http.ActorAsync(), async actor =>
        {
            if (about is { } subject) await starts.RequireSubjectAsync(subject, actor, http.RequestAborted);
            var given = request.Variables ?? ContextValue.Empty;
            if ((await maps.NewestAsync(map, http.RequestAborted)).Process.PlainStart is { } start) given = Typed(start, StartForm.Declared(start, given));
            await runner.StartAsync(map, about, given, actor, null, http.RequestAborted);
        }, texts.Of, http.RequestAborted);
        return Refused(answer) ?? Results.Json(new StartAnswer(Guid.Parse(answer.Result!)), Json, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> CorrelateAsync(HttpContext http, [FromHeader(Name = KeyHeader)] string? key, ProcessRunner runner)
    {
        var (request, _) = await BodyAsync<CorrelateRequest>(http);
        var actor = await http.ActorAsync();
        // a message knows its repeats by its own id; the user's id keeps two senders' keys apart
        var message = new ProcessMessage($"{actor.UserId:n}:{Key(key)}", request.Name, request.Key, request.Payload ?? ContextValue.Empty) { Instance = request.Instance is { } id ? new InstanceId(id) : null };
        var correlation = await runner.CorrelateAsync(message, actor, http.RequestAborted);
        return Results.Json(new CorrelateAnswer(correlation.Outcome, correlation.Instance?.Value), Json);
    }

    private static async Task<IResult> CompleteAsync(
        HttpContext http, Guid id, [FromHeader(Name = KeyHeader)] string? key, ProcessRunner runner, TaskQuery tasks, MapCache maps, CommandLog log, Texts texts)
    {
        var (request, hash) = await BodyAsync<CompleteRequest>(http);
        var answer = await log.OnceAsync(new(Key(key), $"api complete {id} {hash}"), await http.ActorAsync(), async actor =>
        {
            var task = await tasks.FindAsync(new(id), actor, http.RequestAborted) ?? throw new RuleBrokenException("process.task-unknown");
            var node = (await maps.FindAsync(task.Definition, http.RequestAborted)).Process.Node(task.Task.Node);
            await runner.CompleteAsync(new(id), Typed(node, request.Values ?? ContextValue.Empty), actor, http.RequestAborted);
        }, texts.Of, http.RequestAborted);
        return Refused(answer) ?? Results.NoContent();
    }

    private static async Task<IResult> TasksAsync(HttpContext http, TaskListQuery tasks, int page = 0)
    {
        var actor = await http.ActorAsync();
        var found = await tasks.PageAsync(new TaskFilter(), new(Math.Clamp(page, 0, 10_000) * PageRows, PageRows), actor, http.RequestAborted);
        return Results.Json(new ApiTasks([.. found.Rows.Select(line => Told(line, actor))], found.Total), Json);
    }

    private static async Task<IResult> TaskAsync(HttpContext http, Guid id, TaskQuery tasks)
    {
        var actor = await http.ActorAsync();
        var task = await tasks.FindAsync(new(id), actor, http.RequestAborted) ?? throw new RuleBrokenException("process.task-unknown");
        return Results.Json(new ApiTaskDetails(Told(task.Task, actor), task.Instruction?.In(actor.Culture), Fields(task.Form, actor), task.Given), Json);
    }

    private static async Task<IResult> InstanceAsync(HttpContext http, Guid id, InstanceQuery instances)
    {
        var actor = await http.ActorAsync();
        var found = await instances.FindAsync(new(id), actor, http.RequestAborted) ?? throw new RuleBrokenException("process.unknown");
        var line = found.Instance;
        return Results.Json(new ApiInstance(
            id, line.Map, found.Version, line.Status.ToString(), line.Stage?.Key, Told(line.About), line.StartedAt, line.EndedAt,
            [.. found.Tokens.Where(t => !t.IsWhole).Select(t => new ApiPlace(t.Node, t.NodeName.In(actor.Culture), t.Task?.Id.Value, t.Due))],
            found.Variables.FirstOrDefault(v => v.Node is null)?.Variables ?? ContextValue.Empty,
            [.. found.Incidents.Where(i => i.ResolvedAt is null).Select(i => new ApiIncident(i.Id.Value, i.Node, i.NodeName?.In(actor.Culture), i.Code, i.Message, i.RaisedAt))]), Json);
    }

    /// <summary>Texts of fields that hold dates, which JSON lacks, are read as a person's typing would be.</summary>
    private static ContextValue Typed(FlowNode node, ContextValue values)
    {
        foreach (var field in node.Work.Form)
            if (values.Entries.TryGetValue(field.Key, out var value))
                values = values.With(field.Key, TaskForm.Dated(node, field, value));
        return values;
    }

    private static IReadOnlyList<ApiField> Fields(IReadOnlyList<FormField> form, Actor actor) =>
        [.. form.Select(f => new ApiField(f.Key, f.Label.In(actor.Culture), f.Type.ToString(), f.IsRequired, f.IsReadOnly, [.. f.Options.Select(o => o.Value)], f.Items?.ToString(), f.Min, f.Max))];

    private static ApiTask Told(TaskLine t, Actor actor) => new(
        t.Id.Value, t.Title.In(actor.Culture), t.Map, t.Node, t.Instance.Value, Told(t.About), t.Assignee, t.Roles, t.Priority, t.Due, t.IsLate, t.CreatedAt, t.ClosedAt);

    private static ApiObject? Told(ObjectRef? about) => about is { } it ? new(it.Kind, it.Id) : null;

    /// <summary>The key of a command, when it can be one.</summary>
    /// <exception cref="RuleBrokenException"><c>api.key-missing</c></exception>
    internal static string Key(string? key) => string.IsNullOrWhiteSpace(key) ? throw new RuleBrokenException("api.key-missing", KeyHeader) : Required.Text(key, "command.key", 80);

    /// <summary>The body and a hash of it, which makes one key with two bodies two different commands.</summary>
    internal static async Task<(T Body, string Hash)> BodyAsync<T>(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var all = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        try
        {
            var body = JsonSerializer.Deserialize<T>(all.Length == 0 ? "{}"u8 : all.Span, Json) ?? throw new RuleBrokenException("api.body");
            if (HoldsNul(all.Span)) throw new RuleBrokenException("api.body");
            return (body, Convert.ToHexStringLower(SHA256.HashData(all.Span).AsSpan(0, 8)));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or OverflowException or InvalidOperationException or InvalidCastException)
        {
            throw new RuleBrokenException("api.body");
        }
    }

    // JSON may say U+0000; no text of the database can
    private static bool HoldsNul(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        while (!json.IsEmpty && reader.Read())
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && reader.GetString()!.Contains('\0')) return true;
        return false;
    }

    private static async ValueTask<object?> TellRefusalAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            // programs say nothing of language: answers and refusals are in that of the token's user
            var words = Languages.CultureOf((await context.HttpContext.ActorAsync()).Culture);
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (words, words);
            return await next(context);
        }
        catch (RuleBrokenException refusal)
        {
            return Refused(new CommandAnswer(refusal.Code, context.HttpContext.RequestServices.GetRequiredService<Texts>().Of(refusal)));
        }
        catch (BadHttpRequestException bad)
        {
            return Results.StatusCode(bad.StatusCode);
        }
    }

    /// <summary>The answer to what was refused; null for what was done.</summary>
    internal static IResult? Refused(CommandAnswer answer) => answer.Code is not { } code ? null : Results.Json(new ApiRefusal(code, answer.Text ?? code), Json, statusCode: code switch
    {
        "identity.signed-out" => StatusCodes.Status401Unauthorized,
        "identity.not-allowed" or "identity.out-of-reach" or "process.task-not-yours" => StatusCodes.Status403Forbidden,
        "process.task-unknown" or "process.unknown" or "process.about-unknown" or "map.not-published" or "leads.unknown" => StatusCodes.Status404NotFound,
        "process.task-closed-by" or "process.task-withdrawn" or "process.task-taken" or "process.message-ambiguous" or "process.nobody-waits" or "command.key-reused" or "shared.changed-meanwhile" => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    });
}
