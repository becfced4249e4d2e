using System.Collections.Frozen;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A typed input of an action.</summary>
public sealed record ActionParameter(string Name, FieldType Type, bool IsRequired = true);

/// <summary>A call of an action by a process.</summary>
/// <param name="Key">the same whenever the same call is tried again: the key to hand on to the outside world</param>
/// <param name="Instance">the instance that calls</param>
/// <param name="About">the object the instance is about</param>
/// <param name="Inputs">the inputs, checked against their types</param>
/// <param name="Actor">who moved the process here; the product itself for a job</param>
/// <param name="Now">the instant of the step, in the company's zone</param>
/// <param name="Database">for an action inside the transaction: a context in it, whose saves stand or fall with the step; null for an external one</param>
public sealed record ActionCallContext(Guid Key, InstanceId Instance, ObjectRef? About, ContextValue Inputs, Actor Actor, DateTimeOffset Now, PortalDb? Database);

/// <summary>
/// A named action that a feature offers to maps, such as <c>orders.shipment.start</c>. One inside the transaction only works through
/// the context it is given; an external one may call the world, and must answer the same when called again under its key.
/// A <see cref="ProcessErrorException"/> can be caught by the map; any other failure is tried again, then an incident.
/// </summary>
/// <param name="Name">feature, thing, verb</param>
/// <param name="IsExternal">runs outside the transaction, through the outbox</param>
/// <param name="Inputs">what it takes</param>
/// <param name="Run">does it and returns its outputs</param>
public sealed record ProcessAction(
    string Name, bool IsExternal, IReadOnlyList<ActionParameter> Inputs, Func<ActionCallContext, CancellationToken, Task<ContextValue>> Run);

/// <summary>An action ended in a way the map may know about: caught by the nearest error event of that code.</summary>
public sealed class ProcessErrorException(string code, string message) : Exception(message)
{
    /// <summary>Code the map's error event names.</summary>
    public string Code { get; } = code;
}

/// <summary>Every action the features offer, by name.</summary>
public sealed class ProcessActions(IEnumerable<ProcessAction> actions)
{
    private readonly FrozenDictionary<string, ProcessAction> byName = actions.ToFrozenDictionary(action => action.Name);

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<ProcessAction> All => [.. byName.Values.OrderBy(action => action.Name, StringComparer.Ordinal)];

    /// <summary>Their names, for the check of a map.</summary>
    public IReadOnlySet<string> Names => byName.Keys.ToHashSet();

    /// <summary>The action of that name.</summary>
    /// <exception cref="RuleBrokenException"><c>process.action-unknown</c></exception>
    public ProcessAction Find(string name) => byName.GetValueOrDefault(name) ?? throw new RuleBrokenException("process.action-unknown", name);

    /// <summary>Refuses inputs that the action does not take.</summary>
    /// <exception cref="RuleBrokenException"><c>process.action-input</c> with action and input</exception>
    public static void Check(ProcessAction action, ContextValue inputs)
    {
        foreach (var parameter in action.Inputs)
        {
            var value = inputs[parameter.Name];
            if (value.IsNull ? parameter.IsRequired : !Workflows.Engine.TaskForm.Fits(parameter.Type, value))
                throw new RuleBrokenException("process.action-input", action.Name, parameter.Name);
        }
    }
}
