package warta.analysis;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.elasticsearch.plugin.NamedComponent;
import org.elasticsearch.plugin.analysis.AnalyzerFactory;

/**
 * Offers Lucene's {@link IndonesianAnalyzer} under the name that the official distribution uses, {@code indonesian}.
 *
 * <p>The Maven distribution of Elasticsearch carries the analyzer in its libraries but not the module that names it,
 * so a mapping that says {@code "analyzer": "indonesian"} would be refused there.
 */
@NamedComponent("indonesian")
public class IndonesianAnalyzerFactory implements AnalyzerFactory {
    private final Analyzer analyzer = new IndonesianAnalyzer();

    @Override
    public Analyzer create() {
        return analyzer;
    }
}
