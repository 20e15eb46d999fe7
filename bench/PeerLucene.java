/*
 * The peer Lucene: StandardAnalyzer without stop words, positions on, texts not stored, one thread, merged to one
 * segment at the end. Ids and texts come from `make_queries --bodies`, since source/ is C.
 *
 *   java -cp ... PeerLucene index BODIES DB
 *   java -cp ... PeerLucene search DB QUERIES
 *
 * The lines printed are those of peer.h. Each class is asked twenty times before it is timed, for the compiler's sake.
 */
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;

public final class PeerLucene {
	private static final int TOP = 10, WARM = 20;
	private static final StandardAnalyzer ANALYZER = new StandardAnalyzer(CharArraySet.EMPTY_SET);

	private PeerLucene() {
	}

	private static double cpuSeconds() {
		return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
				.getProcessCpuTime() / 1e9;
	}

	private static long peakKb() throws IOException {
		for (String line : Files.readAllLines(Paths.get("/proc/self/status")))
			if (line.startsWith("VmHWM:"))
				return Long.parseLong(line.replaceAll("[^0-9]", ""));
		return 0;
	}

	private static long folderBytes(Path dir) throws IOException {
		try (Stream<Path> files = Files.list(dir)) {
			return files.mapToLong(p -> p.toFile().length()).sum();
		}
	}

	/* ---- index ------------------------------------------------------------------------------------------------- */

	private interface Take {
		void text(String id, String body) throws IOException;
	}

	private static long readBodies(String path, Take take) throws IOException {
		long bytes = 0;
		try (DataInputStream in = new DataInputStream(
				new BufferedInputStream(Files.newInputStream(Paths.get(path)), 1 << 20))) {
			for (;;) {
				byte[] id, body;
				try {
					id = new byte[in.readInt()];
				} catch (EOFException end) {
					return bytes;
				}
				in.readFully(id);
				body = new byte[in.readInt()];
				in.readFully(body);
				bytes += body.length;
				take.text(new String(id, StandardCharsets.UTF_8), new String(body, StandardCharsets.UTF_8));
			}
		}
	}

	private static void index(String bodies, String path) throws IOException {
		double began = System.nanoTime() / 1e9, readSeconds, cpu;
		long bytes = readBodies(bodies, (id, body) -> {
		});

		readSeconds = System.nanoTime() / 1e9 - began;
		System.out.printf(Locale.ROOT, "read seconds=%.2f bytes_text=%d%n", readSeconds, bytes);
		began = System.nanoTime() / 1e9;
		cpu = cpuSeconds();
		IndexWriterConfig config = new IndexWriterConfig(ANALYZER);
		config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
		config.setMergeScheduler(new SerialMergeScheduler());
		config.setRAMBufferSizeMB(128);
		config.setSimilarity(new BM25Similarity());
		try (IndexWriter writer = new IndexWriter(new MMapDirectory(Paths.get(path)), config)) {
			readBodies(bodies, (id, body) -> {
				Document doc = new Document();
				doc.add(new StoredField("id", id));
				doc.add(new TextField("body", body, Field.Store.NO));
				writer.addDocument(doc);
			});
			writer.forceMerge(1);
			writer.commit();
		}
		System.out.printf(Locale.ROOT,
				"index seconds=%.2f cpu=%.2f read_seconds=%.2f bytes_text=%d db_bytes=%d peak_kb=%d%n",
				System.nanoTime() / 1e9 - began, cpuSeconds() - cpu, readSeconds, bytes,
				folderBytes(Paths.get(path)), peakKb());
	}

	/* ---- search ------------------------------------------------------------------------------------------------ */

	private static Set<String> distinctWords(String text) throws IOException {
		Set<String> words = new LinkedHashSet<>();
		try (TokenStream stream = ANALYZER.tokenStream("body", text)) {
			CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
			stream.reset();
			while (stream.incrementToken())
				words.add(term.toString());
			stream.end();
		}
		return words;
	}

	private static Query query(String kind, String text) throws IOException {
		BooleanClause.Occur occur = kind.equals("and3") ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD;
		if (kind.equals("phrase4"))
			return new PhraseQuery("body", text.split(" "));
		BooleanQuery.Builder query = new BooleanQuery.Builder();
		for (String word : kind.equals("locate") ? distinctWords(text) : Arrays.asList(text.split(" ")))
			query.add(new TermQuery(new Term("body", word)), occur);
		return query.build();
	}

	private static void searchClass(IndexSearcher searcher, String kind, Path file) throws IOException {
		List<String[]> lines = new ArrayList<>();
		for (String line : Files.readAllLines(file))
			lines.add(kind.equals("locate") ? line.split("\t", 3) : new String[] {"", "", line});
		double[] ms = new double[lines.size()];
		long hits = 0, empty = 0, first = 0, inTen = 0;
		for (int pass = 0; pass <= WARM; pass++) {
			hits = empty = first = inTen = 0;
			for (int i = 0; i < ms.length; i++) {
				String[] line = lines.get(i);
				long began = System.nanoTime();
				ScoreDoc[] found = searcher.search(query(kind, line[2]), TOP).scoreDocs;
				String[] ids = new String[found.length];
				for (int k = 0; k < found.length; k++)
					ids[k] = searcher.doc(found[k].doc).get("id");
				ms[i] = (System.nanoTime() - began) / 1e6;
				hits += ids.length;
				empty += ids.length == 0 ? 1 : 0;
				first += ids.length > 0 && ids[0].equals(line[0]) ? 1 : 0;
				inTen += Arrays.asList(ids).contains(line[0]) ? 1 : 0;
			}
		}
		Arrays.sort(ms);
		System.out.printf(Locale.ROOT, "%s p50_ms=%.4f p99_ms=%.4f mean_ms=%.4f queries=%d", kind, ms[ms.length / 2],
				ms[ms.length * 99 / 100], Arrays.stream(ms).average().orElse(0), ms.length);
		if (kind.equals("locate"))
			System.out.printf(Locale.ROOT, " first_right=%.1f%% in_ten=%.1f%%", 100.0 * first / ms.length,
					100.0 * inTen / ms.length);
		System.out.printf(Locale.ROOT, " hits=%d empty=%d%n", hits, empty);
	}

	private static void search(String path, String queries) throws IOException {
		BooleanQuery.setMaxClauseCount(1 << 16);
		try (DirectoryReader reader = DirectoryReader.open(new MMapDirectory(Paths.get(path)))) {
			IndexSearcher searcher = new IndexSearcher(reader);
			searcher.setQueryCache(null); /* no answer is to be had from the pass before */
			for (String kind : new String[] {"or2", "and3", "phrase4"})
				searchClass(searcher, kind, Paths.get(queries, kind + ".txt"));
			searchClass(searcher, "locate", Paths.get(queries, "quotes.tsv"));
		}
	}

	public static void main(String[] args) throws IOException {
		if (args.length == 3 && args[0].equals("index"))
			index(args[1], args[2]);
		else if (args.length == 3 && args[0].equals("search"))
			search(args[1], args[2]);
		else {
			System.err.println("usage: PeerLucene index BODIES DB | PeerLucene search DB QUERIES");
			System.exit(2);
		}
	}
}
