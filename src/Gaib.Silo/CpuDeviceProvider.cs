using Gaib.Abstractions.Ports;
using Gaib.Cuda;
using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Silo;

/// <summary>One CPU device that stands in for every GPU of a machine without one.</summary>
public sealed class CpuDeviceProvider : IDeviceProvider
{
    private readonly CpuDevice _device = new();

    /// <inheritdoc/>
    public IDevice Get(Hash32 gpu) => _device;
}
