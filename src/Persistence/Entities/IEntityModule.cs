using Microsoft.EntityFrameworkCore;

namespace Cleiss.Persistence;

/// <summary>What one module adds to the model. Registered once per module as a singleton; tables and columns are named in snake_case by themselves.</summary>
public interface IEntityModule
{
    void Configure(ModelBuilder model);
}
