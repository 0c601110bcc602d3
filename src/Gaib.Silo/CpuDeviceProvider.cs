using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Silo;

/// <summary>One CPU device that stands in for every GPU of a machine without one.</summary>
public sealed class CpuDeviceProvider(IDevice cpu) : IDeviceProvider
{
    /// <inheritdoc/>
    public IDevice Get(Hash32 gpu) => cpu;
}
