using System.Diagnostics;
using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;

namespace Portal.Tests.Database;

public sealed class EmbeddedPostgresTests(EmbeddedPostgresTests.ClusterFolder cluster) : IClassFixture<EmbeddedPostgresTests.ClusterFolder>
{
    private readonly string folder = cluster.Path;

    private string PidFile => Path.Combine(folder, "cluster", "postmaster.pid");

    /// <summary>One folder for all tests here, made by the first: initdb is slow.</summary>
    public sealed class ClusterFolder : IDisposable
    {
        public string Path { get; } = TestServer.NewFolder();

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    [Fact]
    public async Task Start_MakesAClusterThatFoldsCyrillic()
    {
        await using var server = await TestServer.StartClusterAsync(folder);

        Assert.Equal("київ", await ScalarAsync<string>(server.OwnerConnection, "select lower('КИЇВ')"));
        Assert.Equal("UTF8", await ScalarAsync<string>(server.OwnerConnection, "show server_encoding"));
    }

    [Fact]
    public async Task Start_WhenStartedBefore_KeepsTheData()
    {
        await using (var server = await TestServer.StartClusterAsync(folder))
            await ExecuteAsync(server.OwnerConnection, "drop table if exists kept; create table kept as select 7 as value");

        Assert.False(File.Exists(PidFile));
        await using var again = await TestServer.StartClusterAsync(folder);
        Assert.Equal(7, await ScalarAsync<int>(again.OwnerConnection, "select value from kept"));
    }

    [Fact]
    public async Task Start_WhenAnotherProcessRunsTheCluster_SharesItAndTheLastOneStopsIt()
    {
        var first = await TestServer.StartClusterAsync(folder);
        var second = await TestServer.StartClusterAsync(folder);
        Assert.Equal(first.ServerProcessId, second.ServerProcessId);

        await first.DisposeAsync();
        Assert.Equal(1, await ScalarAsync<int>(second.OwnerConnection, "select 1"));

        var id = second.ServerProcessId;
        await second.DisposeAsync();
        Assert.False(File.Exists(PidFile));
        Assert.True(IsGone(id!.Value));
    }

    [Fact]
    public async Task Start_WhenThePidFileIsStale_Starts()
    {
        await (await TestServer.StartClusterAsync(folder)).DisposeAsync();
        // A process that lives and belongs to the server's own user is what PostgreSQL itself would trip over.
        using var stranger = StartStranger();
        File.WriteAllText(PidFile, $"{stranger.Id}\n{folder}/cluster\n1\n5432\n{folder}/socket\n");

        await using var server = await TestServer.StartClusterAsync(folder);

        Assert.NotEqual(stranger.Id, server.ServerProcessId);
        Assert.Equal(1, await ScalarAsync<int>(server.OwnerConnection, "select 1"));
        stranger.Kill();
    }

    [Fact]
    public async Task Watch_WhenTheServerIsKilled_StartsItAgainWithAllCommittedRows()
    {
        await using var server = await TestServer.StartClusterAsync(folder);
        await ExecuteAsync(server.OwnerConnection, "drop table if exists kept; create table kept as select generate_series(1, 1000) as value");
        var killed = server.ServerProcessId!.Value;

        using (var process = Process.GetProcessById(killed))
            process.Kill();

        await Wait.UntilAsync(() => server.ServerProcessId is { } id && id != killed, "a new server");
        await Wait.UntilAsync(() => AnswersAsync(server.OwnerConnection), "the server to answer");
        Assert.Equal(1000L, await ScalarAsync<long>(server.OwnerConnection, "select count(*) from kept"));
    }

    [Fact]
    public async Task Start_WhenAnEarlierInitdbWasCutShort_BeginsAnew()
    {
        using var cut = new ClusterFolder();
        Directory.CreateDirectory(Path.Combine(cut.Path, "cluster.new", "base"));

        await using var server = await TestServer.StartClusterAsync(cut.Path);

        Assert.Equal(1, await ScalarAsync<int>(server.OwnerConnection, "select 1"));
    }

    [Fact]
    public async Task Start_WhenTheSocketsPathWouldBeTooLong_SaysSo()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestServer.StartClusterAsync(Path.Combine(folder, new string('x', 100))));

        Assert.Contains("--data", refusal.Message);
    }

    [Fact]
    public async Task Connect_WithAWrongPassword_IsRefused()
    {
        await using var server = await TestServer.StartClusterAsync(folder);
        var wrong = new NpgsqlConnectionStringBuilder(server.OwnerConnection) { Password = "guess" }.ConnectionString;

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync<int>(wrong, "select 1"));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    // A process nobody waits for keeps its number, but has no command line any more.
    private static bool IsGone(int id) => !Directory.Exists($"/proc/{id}") || File.ReadAllText($"/proc/{id}/cmdline").Length == 0;

    private static Process StartStranger()
    {
        var start = new ProcessStartInfo("sleep", "600") { WorkingDirectory = "/" };
        if (UnixUser.ToDropTo() is { } user)
            start.UserName = user.Name;
        return Process.Start(start)!;
    }

    private static async Task<bool> AnswersAsync(string connection)
    {
        try
        {
            return await ScalarAsync<int>(connection, "select 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task<T> ScalarAsync<T>(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
