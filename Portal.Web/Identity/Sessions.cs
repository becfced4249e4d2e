using System.Collections.Concurrent;
using System.Collections.Frozen;
using Portal.Infrastructure.Identity;

namespace Portal.Web.Identity;

/// <summary>
/// Open circuits by user and by sign-in session, so that signing out in one tab, losing a role or being blocked
/// ends the others at once, and one user cannot hold the server's memory with thousands of circuits.
/// </summary>
public sealed class Sessions(EndedSessions endings)
{
    /// <summary>Circuits one user may hold open; a person with many tabs has a dozen.</summary>
    public const int CircuitsPerUser = 60;

    /// <summary>How long a cookie holds without use.</summary>
    public static readonly TimeSpan CookieLife = TimeSpan.FromHours(12);

    /// <summary>How long it holds without use where somebody asked to stay signed in, as on his own phone.</summary>
    public static readonly TimeSpan StayingLife = TimeSpan.FromDays(30);

    /// <summary>After so long even somebody who stays signed in gives his password again.</summary>
    public static readonly TimeSpan StayingAtMost = TimeSpan.FromDays(90);

    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, Held>> open = new();
    private readonly SemaphoreSlim reading = new(1);
    private FrozenSet<Guid> ended = [];

    /// <summary>Notes an open circuit; null when the user has too many. Dispose it when the circuit ends.</summary>
    public IDisposable? TryOpen(Guid user, Guid session, string stamp, Action end)
    {
        var circuits = open.GetOrAdd(user, _ => new());
        var key = new object();
        lock (circuits)
        {
            if (circuits.Count >= CircuitsPerUser) return null;
            circuits[key] = new(session, stamp, end);
        }
        return new Noted(() =>
        {
            circuits.TryRemove(key, out _);
        });
    }

    /// <summary>Number of circuits open now.</summary>
    public int Count => open.Values.Sum(c => c.Count);

    /// <summary>Users who have circuits open.</summary>
    public IReadOnlyCollection<Guid> Users => [.. open.Where(user => !user.Value.IsEmpty).Select(user => user.Key)];

    /// <summary>Reads which sign-ins were ended, here or on another node: closes their circuits, and refuses their cookies wherever a copy turns up.</summary>
    public async Task ReadEndedAsync(CancellationToken ct)
    {
        await reading.WaitAsync(ct);
        try
        {
            var gone = (await endings.ListAsync(ct)).ToFrozenSet();
            Volatile.Write(ref ended, gone);
            foreach (var user in open.Keys) End(user, circuit => gone.Contains(circuit.Session));
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>True when somebody signed out of this session; its cookie may still be on the way out of another tab.</summary>
    public bool HasEnded(Guid session) => Volatile.Read(ref ended).Contains(session);

    /// <summary>Ends every circuit of a user; those opened under the stamp <paramref name="except"/> go on.</summary>
    public void EndUser(Guid user, string? except = null) => End(user, circuit => circuit.Stamp != except);

    private void End(Guid user, Func<Held, bool> which)
    {
        if (!open.TryGetValue(user, out var circuits)) return;
        foreach (var circuit in circuits.Values.Where(which)) circuit.End();
    }

    private sealed record Held(Guid Session, string Stamp, Action End);

    private sealed class Noted(Action forget) : IDisposable
    {
        public void Dispose() => forget();
    }
}
