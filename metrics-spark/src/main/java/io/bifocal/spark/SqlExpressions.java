package io.bifocal.spark;

import io.bifocal.core.error.Nearest;
import io.bifocal.core.model.Model.Column;
import io.bifocal.core.model.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.QueryPlanningTracker;
import org.apache.spark.sql.catalyst.analysis.Analyzer;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.catalog.InMemoryCatalog;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BindReferences;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.LeafMathExpression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.catalyst.optimizer.ConstantFolding;
import org.apache.spark.sql.catalyst.optimizer.LikeSimplification;
import org.apache.spark.sql.catalyst.optimizer.ReplaceExpressions;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Parses and analyses Spark SQL expressions over a model's columns, with Catalyst alone: no session, no cluster. An
 * expression may use one event's columns and nothing else; what depends on the moment, the machine or other events (rand,
 * now, uuid, sum, a subquery, a window) is refused, for batch and stream would differ.
 */
final class SqlExpressions {
    private final List<String> names;
    private final LocalRelation relation;
    private final Seq<AttributeReference> attributes;

    SqlExpressions(List<Column> columns) {
        this.names = columns.stream().map(Column::name).toList();
        this.attributes = seq(columns.stream()
                .map(column -> new AttributeReference(
                        column.name(),
                        Catalyst.type(column.type()),
                        true,
                        Metadata.empty(),
                        NamedExpression.newExprId(),
                        seq(List.of())))
                .toList());
        @SuppressWarnings("unchecked") // immutable: a sequence of references is one of attributes
        Seq<org.apache.spark.sql.catalyst.expressions.Attribute> output =
                (Seq<org.apache.spark.sql.catalyst.expressions.Attribute>) (Seq<?>) attributes;
        this.relation = new LocalRelation(output, seq(List.of()), false, Option.empty());
    }

    /**
     * An analysed expression.
     *
     * @param bound reads a row of the columns in their order, and gives a value of {@code type}
     */
    record Analysed(Expression bound, ValueType type) {}

    /**
     * Analyses an expression whose value is kept.
     *
     * @throws ExpressionException with all that a user needs to mend it
     */
    Analysed value(String sql) {
        return Catalyst.fixed(() -> {
            Expression resolved = resolve(sql);
            DataType type = resolved.dataType();
            ValueType kept = Catalyst.kept(type)
                    .orElseThrow(() -> new ExpressionException(
                            "'" + sql + "' has the type " + type.sql().toLowerCase(Locale.ROOT)
                                    + ", which cannot be kept",
                            "Cast it to string, long, double, decimal, boolean or timestamp."));
            DataType target = Catalyst.type(kept);
            Expression cast = type.equals(target)
                    ? resolved
                    : new Cast(resolved, target, Option.apply("UTC"), Cast.apply$default$4());
            return new Analysed(bind(cast), kept);
        });
    }

    /** Analyses a condition. */
    Expression condition(String sql) {
        return Catalyst.fixed(() -> {
            Expression resolved = resolve(sql);
            if (!(resolved.dataType() instanceof BooleanType)) {
                throw new ExpressionException(
                        "the filter '" + sql + "' is a "
                                + resolved.dataType().sql().toLowerCase(Locale.ROOT) + ", not a condition",
                        "Write a condition, such as \"" + sql + " IS NOT NULL\".");
            }
            return bind(resolved);
        });
    }

    /** The value where the condition holds, and null elsewhere: there the value is not even computed. */
    static Expression where(Optional<Expression> condition, Expression value) {
        return condition
                .<Expression>map(test -> new If(test, value, Literal.create(null, value.dataType())))
                .orElse(value);
    }

    /** What a count of events aggregates. */
    static Expression truth() {
        return Literal.create(true, DataTypes.BooleanType);
    }

    private Expression bind(Expression resolved) {
        @SuppressWarnings("unchecked")
        Seq<org.apache.spark.sql.catalyst.expressions.Attribute> input =
                (Seq<org.apache.spark.sql.catalyst.expressions.Attribute>) (Seq<?>) attributes;
        return BindReferences.bindReference(resolved, package$.MODULE$.AttributeSeq(input), false);
    }

    private Expression resolve(String sql) {
        LogicalPlan plan;
        try {
            Expression parsed = new CatalystSqlParser().parseExpression(sql);
            Alias alias = new Alias(
                    parsed, "value", NamedExpression.newExprId(), seq(List.of()), Option.empty(), seq(List.of()));
            requireNoSubquery(sql, parsed);
            requireKnownFunctions(sql, parsed);
            plan = analyser()
                    .executeAndCheck(
                            new Project(seq(List.of(alias)), relation), new QueryPlanningTracker(Option.empty()));
        } catch (ExpressionException fault) {
            throw fault;
        } catch (Exception fault) { // Scala does not declare its checked AnalysisException
            throw explain(sql, fault);
        }
        requirePlain(sql, plan);
        LogicalPlan replaced = ReplaceExpressions.apply(plan);
        requireRepeatable(sql, bind(only(replaced)));
        return only(LikeSimplification.apply(ConstantFolding.apply(replaced)));
    }

    private static Expression only(LogicalPlan plan) {
        return ((Alias) ((Project) plan).projectList().head()).child();
    }

    private static Analyzer analyser() {
        return new Analyzer(new SessionCatalog(
                new InMemoryCatalog(
                        InMemoryCatalog.$lessinit$greater$default$1(), InMemoryCatalog.$lessinit$greater$default$2()),
                FunctionRegistry.builtin()));
    }

    private static void requireNoSubquery(String sql, Expression parsed) {
        if (parsed.exists(node -> node instanceof SubqueryExpression)) {
            throw new ExpressionException("'" + sql + "' has a subquery", "Use the columns of one event only.");
        }
    }

    private void requirePlain(String sql, LogicalPlan plan) {
        boolean aggregate = plan.exists(node -> node instanceof Aggregate)
                || plan.expressions().exists(each -> each.exists(node -> node instanceof AggregateExpression));
        if (aggregate) {
            throw new ExpressionException(
                    "'" + sql + "' aggregates over events",
                    "Say what to aggregate, and how in agg, as agg: sum, expr: price.");
        }
        if (!(plan instanceof Project project) || project.child() != relation) {
            throw new ExpressionException(
                    "'" + sql + "' is not an expression over one event", "Use the columns of one event only.");
        }
    }

    private static void requireRepeatable(String sql, Expression resolved) {
        resolved.find(SqlExpressions::moody).foreach(culprit -> {
            throw new ExpressionException(
                    "'" + sql + "' is not the same each time it is computed (" + culprit.prettyName() + ")",
                    "Use the columns of one event only: batch and stream must agree.");
        });
    }

    /** What itself depends on the moment or the machine, not only through what it contains. */
    private static boolean moody(Expression node) {
        boolean ofTheMoment = node.foldable()
                && node.children().isEmpty()
                && !(node instanceof Literal)
                && !(node instanceof LeafMathExpression);
        return ofTheMoment
                || node instanceof Unevaluable
                || (!node.deterministic() && node.children().forall(Expression::deterministic));
    }

    /** A session's catalog would go on to look for a user's function; there is no session. */
    private static void requireKnownFunctions(String sql, Expression parsed) {
        parsed.find(node -> node instanceof UnresolvedFunction call && !known(call))
                .foreach(unknown -> {
                    String name = ((UnresolvedFunction) unknown).nameParts().mkString(".");
                    List<String> near = Nearest.of(name, functions());
                    throw new ExpressionException(
                            "unknown function " + name + " in '" + sql + "'",
                            near.isEmpty()
                                    ? "Use a built-in function of Spark SQL."
                                    : "Did you mean " + String.join(" or ", near) + "?");
                });
    }

    private static boolean known(UnresolvedFunction call) {
        return call.nameParts().size() == 1
                && FunctionRegistry.builtin()
                        .functionExists(new FunctionIdentifier(call.nameParts().head()));
    }

    private ExpressionException explain(String sql, Exception fault) {
        if (fault instanceof SparkThrowable known && known.getCondition() != null) {
            String condition = known.getCondition();
            if (condition.startsWith("UNRESOLVED_COLUMN")) {
                String column = known.getMessageParameters().get("objectName").replace("`", "");
                return new ExpressionException(
                        "unknown column " + column + " in '" + sql + "'", Nearest.remedy(column, names));
            }
        }
        return new ExpressionException(
                "'" + sql + "': " + SparkMessages.firstSentence(fault), "Correct the Spark SQL expression.");
    }

    private static List<String> functions() {
        return CollectionConverters.asJava(FunctionRegistry.builtin().listFunction()).stream()
                .map(identifier -> identifier.funcName())
                .toList();
    }

    private static <T> Seq<T> seq(List<T> list) {
        return CollectionConverters.asScala(list).toList();
    }
}
