using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;

namespace Gaib.Grains.Money;

internal sealed partial class BookGrain
{
    public async Task MoveTo(SiloAddress silo)
    {
        var silos = ServiceProvider.GetRequiredService<ISiloStatusOracle>();
        if (silos.GetApproximateSiloStatus(silo) is not SiloStatus.Active and var status)
        {
            throw new ArgumentException($"{Name} can move to an active silo only; {silo} is {status}.", nameof(silo));
        }

        if (silo.Equals(silos.SiloAddress))
        {
            return;
        }

        // The next owner begins with this state, so that callers wait for little more than its being read.
        await _saving;
        RequireWhole();
        (_bytesSinceSnapshot, _saving) = (0, SaveSnapshotAsync(_book.Freeze(), _end));
        await _saving;
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        this.MigrateOnIdle();
    }
}
