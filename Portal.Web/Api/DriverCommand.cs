using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Portal.Domain.Dispatch;

namespace Portal.Web.Api;

/// <summary>What a driver can tell from his phone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriverCommandKind>))]
public enum DriverCommandKind { StartShift, EndShift, StartBreak, EndBreak, ChangeVehicle, Advance, Undo, NoShow, Fail, Note }

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

    /// <summary>Names what is asked, so that one key cannot be used for two things; what was written is told apart by its hash.</summary>
    public string Name => string.Join(' ', new object?[] { "driver", Kind, Shift, Vehicle, Trip, To, Mark(Reason), Mark(Note) }.Where(part => part is not null));

    private static string? Mark(string? words) => words is null ? null : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(words)), 0, 8);
}

/// <summary>The answer to a command, the same for every repeat of it. <see cref="Text"/> tells a refusal in the driver's language.</summary>
public sealed record DriverAnswer(bool Done, string? Code, string? Text);
