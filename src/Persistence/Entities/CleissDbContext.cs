using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Cleiss.Persistence;

/// <summary>
/// The one model over the one schema, put together from the modules' entity configurations. It serves reads and simple writes; tables come
/// from the reviewed SQL scripts, never from this model. Get one from <c>IDbContextFactory&lt;CleissDbContext&gt;</c>.
/// </summary>
public sealed class CleissDbContext(DbContextOptions<CleissDbContext> options, IEnumerable<IEntityModule> modules) : DbContext(options)
{
    private readonly IEntityModule[] _modules = modules.DistinctBy(module => module.GetType()).ToArray();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        foreach (var module in _modules)
        {
            module.Configure(modelBuilder);
        }

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            if (entity is IConventionEntityType { } conventional && conventional.GetTableNameConfigurationSource() != ConfigurationSource.Explicit)
            {
                entity.SetTableName(SnakeCase.Of(entity.ClrType.Name));
            }

            foreach (var property in entity.GetProperties())
            {
                if (property is IConventionProperty { } column && column.GetColumnNameConfigurationSource() != ConfigurationSource.Explicit)
                {
                    property.SetColumnName(SnakeCase.Of(property.Name));
                }
            }
        }
    }

    /// <summary>Two containers in one process (tests) may have different modules; the model must not be shared between them.</summary>
    internal sealed class ModelCacheKey : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) =>
            (string.Join('|', ((CleissDbContext)context)._modules.Select(module => module.GetType().FullName)), designTime);
    }
}
