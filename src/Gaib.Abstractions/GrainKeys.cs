using Gaib.Domain;

namespace Gaib.Abstractions;

/// <summary>Finds grains by their domain keys: ids as 0x hexadecimal, people by their address.</summary>
public static class GrainKeys
{
    /// <summary>The grain of something with a 32-byte id.</summary>
    public static T Get<T>(this IGrainFactory grains, Hash32 id)
        where T : IGrainWithStringKey => grains.GetGrain<T>(id.ToString());

    /// <summary>The grain of a person.</summary>
    public static T Get<T>(this IGrainFactory grains, Address account)
        where T : IGrainWithStringKey => grains.GetGrain<T>(account.ToString());
}
