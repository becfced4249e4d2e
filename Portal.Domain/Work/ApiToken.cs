using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>A key with which another program works under a user's name and rights; only its hash is kept.</summary>
public sealed class ApiToken
{
    /// <summary>Tokens one user holds at most.</summary>
    public const int MostPerUser = 20;

    private ApiToken() { }

    /// <summary>Issues a token for 1–366 days.</summary>
    public ApiToken(Guid user, string? name, byte[] secretHash, int days, DateTimeOffset now)
    {
        (Id, User, SecretHash, CreatedAt) = (Guid.CreateVersion7(), user, secretHash, now);
        Name = Required.Text(name, "token.name", 100);
        ExpiresAt = now.AddDays(Required.Number(days, "token.days", 1, 366));
    }

    public Guid Id { get; private set; }
    public Guid User { get; private set; }
    /// <summary>What it is for.</summary>
    public string Name { get; private set; } = "";
    /// <summary>SHA-256 of the secret.</summary>
    public byte[] SecretHash { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Ends it for good.</summary>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
