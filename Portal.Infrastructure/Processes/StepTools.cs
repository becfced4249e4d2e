using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Processes;

/// <summary>What every step works with.</summary>
public sealed record StepTools(
    NpgsqlDataSource Database, IDbContextFactory<PortalDb> Contexts, MapCache Maps, ProcessActions Actions, IEnumerable<ProcessFollower> Followers, CompanyClock Clock, HistoryMonths Months,
    LiveChanges Live, WorkHints Hints, EngineLimits Limits);
