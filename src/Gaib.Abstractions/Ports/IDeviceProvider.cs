using Gaib.Domain;
using Gaib.Domain.Training;

namespace Gaib.Abstractions.Ports;

/// <summary>The devices of this host.</summary>
public interface IDeviceProvider
{
    /// <summary>The device behind a GPU's id.</summary>
    IDevice Get(Hash32 gpu);
}

/// <summary>A device that will not answer again: its host is lost.</summary>
[GenerateSerializer]
[Alias("gaib.deviceLost")]
public sealed class DeviceLostException(string message) : Exception(message);
