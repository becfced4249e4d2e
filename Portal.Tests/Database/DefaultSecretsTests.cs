using Portal.Infrastructure.Database;

namespace Portal.Tests.Database;

public sealed class DefaultSecretsTests
{
    [Theory]
    [InlineData("Host=db;Username=portal;Password=portal")]
    [InlineData("Host=db;Username=keeper;Password=Keeper")]
    [InlineData("Host=db;Username=postgres;Password=CHANGEME")]
    public void Refuse_AWellKnownPassword_NamesTheSettingButNotThePassword(string connection)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => DefaultSecrets.Refuse(new() { DataFolder = "/", ApplicationConnection = connection }));

        Assert.Contains("ConnectionStrings:Application", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CHANGEME", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Username=portal;Password=7hills-and-a-river")]
    [InlineData("Host=/run/postgresql;Username=portal")]
    [InlineData(null)]
    public void Refuse_AnOwnPasswordOrNone_Passes(string? connection) => DefaultSecrets.Refuse(new() { DataFolder = "/", OwnerConnection = connection });
}
