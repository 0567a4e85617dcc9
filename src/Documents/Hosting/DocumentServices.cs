using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Documents.Verification;
using Cleiss.Engine.Hosting;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.Startup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Documents.Hosting;

public static class DocumentServices
{
    /// <summary>Numbering, printing and verification; needs scripting, persistence and an <see cref="IAnswerSource"/>. Safe to call twice.</summary>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<TemplateOptions>(configuration.GetSection("Templates"));
        services.Configure<PublicAddressOptions>(configuration);
        services.TryAddSingleton<TemplateStore>();
        services.TryAddSingleton<TemplateCheck>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupTask, TemplateSeed>());
        services.TryAddSingleton<DocumentStore>();
        services.TryAddSingleton<DocumentRenderer>();
        services.TryAddSingleton<DocumentVerification>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, DocumentParticipant>());
        services.AddEffectHandler<RenderDocumentHandler>();
        services.AddInvariants<DocumentInvariants>();
        return services.AddMigrations(typeof(DocumentServices).Assembly);
    }
}
