using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Portal.Domain.Dispatch;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;

namespace Portal.Web.Api;

/// <summary>What a driver can tell from his phone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriverCommandKind>))]
public enum DriverCommandKind { StartShift, EndShift, StartBreak, EndBreak, ChangeVehicle, Advance, Undo, NoShow, Fail, Note, Deliver }

/// <summary>
/// One press of a button on the driver's page, sent at once or after an hour without network.
/// <see cref="At"/> and <see cref="SentAt"/> are both of the phone's clock: only their difference is trusted.
/// </summary>
public sealed record DriverCommand
{
    /// <summary>Made by the phone when the button was pressed; a repeat under it has no second effect.</summary>
    public required string Key { get; init; }
    public required DriverCommandKind Kind { get; init; }
    /// <summary>When the button was pressed.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>When this request left.</summary>
    public required DateTimeOffset SentAt { get; init; }
    /// <summary>The shift, for all that concerns a running one; without it the one that the driver is on.</summary>
    public Guid? Shift { get; init; }
    public Guid? Vehicle { get; init; }
    public Guid? Trip { get; init; }
    /// <summary>The state asked for by <see cref="DriverCommandKind.Advance"/>.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<TripState>))]
    public TripState? To { get; init; }
    /// <summary>Why nobody came, or why it could not be done.</summary>
    public string? Reason { get; init; }

    /// <summary>What the driver writes of the trip.</summary>
    public string? Note { get; init; }

    /// <summary>The delivery of which something is told.</summary>
    public Guid? Delivery { get; init; }

    /// <summary>Lines of which the client did not take all.</summary>
    public IReadOnlyList<DriverHandedLine> Lines { get; init; } = [];

    /// <summary>Who took the goods.</summary>
    public string? Receiver { get; init; }

    /// <summary>The file with his signature, sent before.</summary>
    public Guid? Signature { get; init; }

    /// <summary>Files with photos, sent before.</summary>
    public IReadOnlyList<Guid> Photos { get; init; } = [];

    /// <summary>Names what is asked, so that one key cannot be used for two things; what was written is told apart by its hash.</summary>
    public string Name => string.Join(' ', new object?[] { "driver", Kind, Shift, Vehicle, Trip, To, Mark(Reason), Mark(Note), Delivery, Mark(Told) }.Where(part => part is not null));

    private string? Told => Delivery is null ? null : string.Join('\n', [Receiver, .. Lines.Select(line => $"{line.Id} {line.Quantity} {line.Reason}")]);

    private static string? Mark(string? words) => words is null ? null : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(words)), 0, 8);
}

/// <summary>How many of a line the client took, and why not all of them.</summary>
/// <param name="Id">as <see cref="Infrastructure.Sales.Orders.DriverLine"/> names it</param>
public sealed record DriverHandedLine(string Id, decimal Quantity, string? Reason)
{
    /// <summary>The line as the domain knows it.</summary>
    /// <exception cref="RuleBrokenException"><c>deliveries.line-unknown</c></exception>
    internal HandedLine Line => Id.Length == 64 && Guid.TryParseExact(Id[..32], "n", out var order) && Guid.TryParseExact(Id[32..], "n", out var line) ? new(new(order), line, Quantity, Reason) : throw new RuleBrokenException("deliveries.line-unknown");
}

/// <summary>The answer to a command, the same for every repeat of it. <see cref="Text"/> tells a refusal in the driver's language.</summary>
public sealed record DriverAnswer(bool Done, string? Code, string? Text);
