using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>The new state and what must be written and done with it.</summary>
public sealed record StepResult(InstanceState State, IReadOnlyList<Command> Commands);

/// <summary>
/// The engine: a pure function. No clock, no input or output, no randomness; the same arguments give the same result.
/// Running, dry run, replay and property tests all call this.
/// </summary>
public static class ProcessEngine
{
    /// <summary>
    /// Takes one stimulus and moves the tokens until all wait. A refusal leaves everything as it was.
    /// </summary>
    /// <param name="map">the process the instance runs</param>
    /// <param name="state">how the instance stands; stays unchanged</param>
    /// <param name="stimulus">what happened</param>
    /// <param name="now">the instant, with the offset of the company's time zone (so that "today" is the company's)</param>
    /// <param name="limits">how much may be done; the default when null</param>
    /// <exception cref="RuleBrokenException">
    /// <c>process.*</c>: the stimulus does not fit (a closed task, a wrong form value, …) or the step failed
    /// (no flow to take, an expression that cannot be computed): names the element
    /// </exception>
    public static StepResult Step(ProcessMap map, InstanceState state, Stimulus stimulus, DateTimeOffset now, EngineLimits? limits = null)
    {
        var run = new Execution(map, state, stimulus.By, now, limits ?? EngineLimits.Default);
        Stimuli.Take(run, stimulus);
        run.RunToQuiescence();
        return run.Result();
    }
}
