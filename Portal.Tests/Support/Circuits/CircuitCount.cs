using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Portal.Tests.Support.Circuits;

/// <summary>Counts the circuits the framework holds, by its own meter.</summary>
public sealed class CircuitCount : IDisposable
{
    private readonly MeterListener listener = new();
    private long active;

    /// <summary>Counts from now on, those of one application.</summary>
    public CircuitCount(IServiceProvider services)
    {
        var own = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "aspnetcore.components.circuit.active" && instrument.Meter.Scope == own) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref active, change));
        listener.Start();
    }

    /// <summary>Circuits begun since, less those ended since.</summary>
    public long Active => Interlocked.Read(ref active);

    public void Dispose() => listener.Dispose();
}
